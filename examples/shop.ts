import { startAccounts } from './services/accounts.ts';
import { startCatalog } from './services/catalog.ts';
import type { ServiceOptions } from './services/graphql-service.ts';
import { startInventory } from './services/inventory.ts';
import { type Issuer, startIssuer } from './services/issuer.ts';
import type { Service } from './services/listen.ts';
import { startOrders } from './services/orders.ts';
import { startReviews } from './services/reviews.ts';

const START = {
  accounts: startAccounts,
  catalog: startCatalog,
  inventory: startInventory,
  reviews: startReviews,
  orders: startOrders,
} satisfies Record<string, (options: ServiceOptions) => Promise<Service>>;

export type ServiceName = keyof typeof START;

/** The five services and the issuer, running. */
export interface Shop {
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly issuer: Issuer;
  /** What the upstream files and `gateway.yaml` ask of the environment: `ACCOUNTS_URL`, …, `JWKS_URL`. */
  readonly env: Readonly<Record<string, string>>;
  close(graceMs?: number): Promise<void>;
}

/** Finds the port that a part may listen on; default: 0, any free port. */
export type PickPort = (part: ServiceName | 'issuer') => number | Promise<number>;

/** Starts all of the shop but the gateway. If one part cannot start, those that did are closed again. */
export async function startShop(pickPort: PickPort = () => 0): Promise<Shop> {
  const running: Service[] = [];
  const close = async (graceMs?: number) => {
    await Promise.all(running.map((service) => service.close(graceMs)));
  };
  try {
    const issuer = await startIssuer({ port: await pickPort('issuer') });
    running.push(issuer);
    const services = {} as Record<ServiceName, Service>;
    const env: Record<string, string> = { JWKS_URL: issuer.jwksUrl };
    for (const [name, start] of Object.entries(START) as [ServiceName, (typeof START)[ServiceName]][]) {
      const service = await start({ port: await pickPort(name), jwksUrl: issuer.jwksUrl });
      running.push(service);
      services[name] = service;
      env[`${name.toUpperCase()}_URL`] = service.url;
    }
    return { services, issuer, env, close };
  } catch (error) {
    await close(0);
    throw error;
  }
}
