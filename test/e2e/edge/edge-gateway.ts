import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import { GRAPHQL_SDL, REST_SDL, type RecordingServices } from './recording-services.ts';

/** What the files of a gateway say beside its upstreams. */
export interface EdgeSettings {
  /** Sections of gateway.yaml. */
  readonly main?: Readonly<Record<string, unknown>>;
  /** More keys of the files of both upstreams: `greeting` and `stock`. */
  readonly upstream?: Readonly<Record<string, unknown>>;
}

/** Writes a gateway's files into a new folder. @returns its gateway.json. */
export async function writeGatewayFiles(services: RecordingServices, settings: EdgeSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-edge-'));
  const { main = {}, upstream = {} } = settings;
  const greeting = { kind: 'graphql', url: services.graphql.url, schema: 'greeting.graphql', federation: true };
  const stock = { kind: 'rest', url: services.rest.origin, schema: 'stock.graphql' };
  const files = {
    'greeting.graphql': GRAPHQL_SDL,
    'stock.graphql': REST_SDL,
    'greeting.json': JSON.stringify({ ...greeting, ...upstream }),
    'stock.json': JSON.stringify({ ...stock, ...upstream }),
    'gateway.json': JSON.stringify({
      ...main,
      server: {
        ...(main.server !== undefined && 'listeners' in (main.server as object) ? {} : { port: 0 }),
        ...(main.server as object | undefined),
      },
      upstreams: ['greeting.json', 'stock.json'],
    }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return join(folder, 'gateway.json');
}

export interface EdgeGateway {
  readonly gateway: Gateway;
  readonly origin: string;
  readonly log: Record<string, unknown>[];
  ask(query: string, headers?: Readonly<Record<string, string>>, more?: object): Promise<Response>;
  /** What a counter has come to, under these labels and any others. */
  count(metric: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  close(): Promise<void>;
}

/** A gateway with these files on a free port of this process. */
export async function startEdgeGateway(services: RecordingServices, settings: EdgeSettings): Promise<EdgeGateway> {
  const file = await writeGatewayFiles(services, settings);
  const { config, errors } = await readConfig({ file, env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const log: Record<string, unknown>[] = [];
  const gateway = await createGateway(config, { logDestination: { write: (line) => void log.push(JSON.parse(line)) } });
  const origin = await gateway.listen();
  return {
    gateway,
    origin,
    log,
    ask: (query, headers = {}, more = {}) =>
      fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, ...more }),
      }),
    async count(metric, labels = {}) {
      const lines = (await (await fetch(`${origin}/metrics`)).text()).split('\n');
      return lines
        .filter((line) => line.startsWith(`${metric}{`))
        .filter((line) => Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    async close() {
      await gateway.close();
      await rm(join(file, '..'), { recursive: true, force: true });
    },
  };
}
