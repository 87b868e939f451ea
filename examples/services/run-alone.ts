import { realpathSync } from 'node:fs';
import type { ServiceOptions } from './graphql-service.ts';
import type { Service } from './listen.ts';

/**
 * Runs a service as a process of its own, if `module` is what node was started with: `PORT` and `JWKS_URL` come from
 * the environment; SIGINT and SIGTERM close it.
 */
export async function runAlone(
  module: ImportMeta,
  name: string,
  defaultPort: number,
  start: (options: ServiceOptions) => Promise<Service>,
): Promise<void> {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== module.filename) return;
  try {
    const port = Number(process.env.PORT ?? defaultPort);
    const service = await start({ port, jwksUrl: process.env.JWKS_URL });
    console.log(`${name} listens at ${service.url}`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => service.close());
  } catch (error) {
    console.error(`Cannot start ${name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
