import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startShop } from '../../examples/shop.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { Identity } from '../../src/edge/request-context.ts';
import { createGateway } from '../../src/gateway.ts';
import { buildMonolith } from '../monolith/build-monolith.ts';
import { type Answer, postGraphql } from './post-graphql.ts';
import { readShopQueries, type ShopQuery } from './read-queries.ts';

const CONFIG = new URL('../../gateway.yaml', import.meta.url).pathname;

/** The gateway refuses an operation with a denied field as a whole; the oracle gives null at the field. */
const isJudgedHere = ({ name }: ShopQuery) => !name.startsWith('denied-');

/**
 * One entity that its service does not have leaves several fields null: which of them tells is open (GraphQL §6.4.4), so
 * only the place of the entity is compared.
 */
const ENTITY_OF_ERROR: Readonly<Record<string, number>> = { 'list-of-lists-of-entities': 6 };

for (const engine of ['stitch', 'auto'] as const) {
  describe(`the shop through the gateway with engine: ${engine}`, () => {
    let gateway: OpenGateway;
    before(async () => {
      gateway = await openGateway(engine);
    });
    after(() => gateway.close());

    const monolith = buildMonolith();
    for (const query of readShopQueries().filter(isJudgedHere)) {
      it(`answers ${query.name} as the monolith does`, async () => {
        assertSame(
          query,
          await gateway.ask(query),
          await monolith.execute(query.query, query.variables, query.identity),
        );
      });
    }

    for (const mutation of readShopQueries('mutations').filter(isJudgedHere)) {
      it(`carries out ${mutation.name} as the monolith does`, async (t) => {
        const fresh = await openGateway(engine);
        t.after(fresh.close);
        const { query, variables, identity } = mutation;
        assertSame(mutation, await fresh.ask(mutation), await buildMonolith().execute(query, variables, identity));
      });
    }
  });
}

interface OpenGateway {
  ask(query: ShopQuery): Promise<Answer<unknown>>;
  close(): Promise<void>;
}

async function openGateway(engine: string): Promise<OpenGateway> {
  const shop = await startShop(async () => 0);
  const env = { ...process.env, ...shop.env };
  const read = await readConfig({ file: CONFIG, env, overrides: { port: '0', engine } });
  assert.ok(read.config, JSON.stringify(read.errors));
  const config = { ...read.config, telemetry: { ...read.config.telemetry, logLevel: 'silent' as const } };
  const gateway = await createGateway(config);
  const url = `${await gateway.listen()}${config.graphql.path}`;
  const tokenOf = (identity: Identity | null) =>
    identity === null ? undefined : shop.issuer.issueToken({ subject: identity.subject, scopes: [...identity.scopes] });
  return {
    ask: async ({ query, variables, identity }) => postGraphql(url, query, variables, await tokenOf(identity)),
    async close() {
      await gateway.close();
      await shop.close();
    },
  };
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly unknown[] | undefined }[] | undefined;
}

function assertSame({ name }: ShopQuery, actual: Result, expected: Result): void {
  const placesOf = ({ errors = [] }: Result) =>
    new Set(errors.map(({ path }) => JSON.stringify(path?.slice(0, ENTITY_OF_ERROR[name]))));
  assert.deepEqual(actual.data ?? null, JSON.parse(JSON.stringify(expected.data ?? null)));
  assert.deepEqual(placesOf(actual), placesOf(expected));
}
