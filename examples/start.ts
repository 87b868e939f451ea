import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { choosePort } from './port.ts';
import { type Shop, startShop } from './shop.ts';

/** `npm start`: the shop's services and the gateway before them, until Ctrl-C or until one part ends. */
const DEFAULT_PORTS = {
  gateway: 4000,
  accounts: 4001,
  catalog: 4002,
  inventory: 4003,
  reviews: 4004,
  orders: 4005,
  issuer: 4010,
} as const;
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 12_000;

let shop: Shop | undefined;
let gateway: GatewayProcess | undefined;
let stopping: Promise<void> | undefined;

function stop(exitCode: number): Promise<void> {
  process.exitCode ??= exitCode;
  // The gateway first: what it has in flight still needs the services.
  stopping ??= (async () => {
    await gateway?.stop(STOP_GRACE_MS);
    await shop?.close();
  })();
  return stopping;
}

// `npm` that is ended by a signal leaves its scripts behind: an orphan has nobody to stop it.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid !== parent) void stop(0);
}, 1_000);
watch.unref();

let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    signals++;
    if (signals === 1) {
      console.log('\nStopping; once more to stop at once');
      void stop(0);
    } else {
      void gateway?.stop(0);
      void shop?.close(0);
    }
  });
}

try {
  shop = await startShop((part) => pickPort(part));
  if (stopping === undefined) {
    gateway = startGatewayProcess({ port: await pickPort('gateway'), env: shop.env });
    void gateway.ended.then((how) => {
      if (stopping !== undefined) return;
      console.error(`The gateway ${how}; stopping the shop`);
      void stop(1);
    });
    await gateway.waitUntilReady(READY_TIMEOUT_MS);
    if (stopping === undefined) console.log(await welcome(shop, gateway));
  }
} catch (error) {
  if (stopping === undefined) console.error(`Cannot start the shop: ${(error as Error).message}`);
  await stop(1);
}

async function pickPort(part: keyof typeof DEFAULT_PORTS): Promise<number> {
  const variable = part === 'gateway' ? 'PORT' : `${part.toUpperCase()}_PORT`;
  const byDefault = DEFAULT_PORTS[part];
  const { port, isSubstitute } = await choosePort(variable, byDefault);
  if (isSubstitute)
    console.log(`Port ${byDefault} is taken: ${part} listens on ${port} (set ${variable} to choose one)`);
  return port;
}

async function welcome({ services, issuer }: Shop, { origin }: GatewayProcess): Promise<string> {
  const token = await issuer.issueToken({ subject: 'u1' });
  const query =
    '{ me { fullName orders(status: SHIPPED, first: 1) { items { product { name averageRating availability { available } } } } } }';
  const urls = Object.entries(services).map(([name, { url }]) => `  ${name.padEnd(10)} ${url}`);
  return `
The shop is open.

  GraphiQL   ${origin}/graphql
${urls.join('\n')}
  issuer     ${issuer.origin}/token?subject=u1

Ask as Ada (u1); the token holds for 12 hours, also as a header in GraphiQL:

curl -s ${origin}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${token}' -d '${JSON.stringify({ query })}'

Ctrl-C stops everything.
`;
}
