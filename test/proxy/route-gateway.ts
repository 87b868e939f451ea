import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { createGateway, formatConfigErrors, type Gateway, readConfig } from '../../src/index.ts';

/** A gateway with routes alone, closed when the test ends. */
export interface RouteGateway {
  readonly url: string;
  readonly port: number;
  readonly gateway: Gateway;
  /** Lines of its log. */
  readonly log: Record<string, unknown>[];
  /** Puts other routes into service. */
  reload(definition: RouteGatewayDefinition): Promise<void>;
}

export interface RouteGatewayDefinition {
  /** `routes:` as in gateway.yaml. */
  readonly routes: readonly Record<string, unknown>[];
  /** URL or keys of each upstream, by name. */
  readonly upstreams: Readonly<Record<string, string | Record<string, unknown>>>;
  /** Other sections of gateway.yaml. */
  readonly sections?: Readonly<Record<string, unknown>>;
}

export async function startRouteGateway(t: TestContext, definition: RouteGatewayDefinition): Promise<RouteGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-routes-'));
  const log: Record<string, unknown>[] = [];
  const gateway = await createGateway(await writeAndRead(folder, definition), {
    logDestination: { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  });
  t.after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  const url = await gateway.listen();
  return {
    url,
    port: Number(new URL(url).port),
    gateway,
    log,
    async reload(next) {
      const problem = await gateway.reload(await writeAndRead(folder, next));
      if (problem !== undefined) throw new Error(problem);
    },
  };
}

async function writeAndRead(folder: string, { routes, upstreams, sections = {} }: RouteGatewayDefinition) {
  const files = Object.entries(upstreams).map(([name, keys]) => {
    const definition = typeof keys === 'string' ? { kind: 'http', url: keys } : { kind: 'http', ...keys };
    return [`${name}.yaml`, stringify(definition)] as const;
  });
  const own = (sections.server ?? {}) as Record<string, unknown>;
  const server = {
    ...(own.listeners === undefined && { port: 0 }),
    shutdown_grace: '1s',
    shutdown_spread: '50ms',
    ...own,
  };
  const main = stringify({ ...sections, server, routes, upstreams: files.map(([name]) => name) });
  for (const [name, text] of [...files, ['gateway.yaml', main] as const]) await writeFile(join(folder, name), text);
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
  if (errors !== undefined) throw new Error(formatConfigErrors(errors, folder));
  return config;
}
