import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Shop, startShop } from '../../examples/shop.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createGateway } from '../../src/gateway.ts';

const CONFIG = fileURLToPath(new URL('../../gateway.yaml', import.meta.url));

export interface ShopGateway {
  readonly shop: Shop;
  /** `http://127.0.0.1:PORT` of the gateway. */
  readonly origin: string;
  close(): Promise<void>;
}

/** How long a breaker of the gateway stays open, so that a service that returns is soon asked again. */
const BREAKER_OPEN_MS = 200;

/** The shop, and the gateway of `gateway.yaml` before it, on free ports and without a log. */
export async function startShopGateway(): Promise<ShopGateway> {
  const stateDir = await mkdtemp(join(tmpdir(), 'weir-shop-'));
  const shop = await startShop();
  const { config, errors } = await readConfig({ file: CONFIG, env: shop.env, overrides: { port: 0 } });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const gateway = await createGateway(
    {
      ...config,
      supergraph: { ...config.supergraph, stateDir },
      upstreams: config.upstreams.map((upstream) =>
        upstream.kind === 'local' || upstream.breaker === false
          ? upstream
          : { ...upstream, breaker: { ...upstream.breaker, openMs: BREAKER_OPEN_MS } },
      ),
    },
    { logDestination: { write: () => undefined } },
  );
  return {
    shop,
    origin: await gateway.listen(),
    async close() {
      await gateway.close();
      await shop.close(0);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
