import type { ServiceOptions } from './graphql-service.ts';
import type { Service } from './listen.ts';

/**
 * Runs a service as a process of its own, if `main` says that its module was started so: `PORT` and `JWKS_URL` come
 * from the environment; SIGINT and SIGTERM close it.
 */
export async function runAlone(
  main: boolean,
  name: string,
  defaultPort: number,
  start: (options: ServiceOptions) => Promise<Service>,
): Promise<void> {
  if (!main) return;
  const service = await start({ port: Number(process.env.PORT ?? defaultPort), jwksUrl: process.env.JWKS_URL });
  console.log(`${name} listens at ${service.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => service.close());
}
