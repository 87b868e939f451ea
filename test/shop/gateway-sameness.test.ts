import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Shop, startShop } from '../../examples/shop.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { buildMonolith } from '../monolith/build-monolith.ts';
import { postGraphql } from './post-graphql.ts';
import { readShopQueries } from './read-queries.ts';

const CONFIG = new URL('../../gateway.yaml', import.meta.url).pathname;

/** The gateway refuses an operation with a denied field as a whole; the oracle gives null at the field. */
const isJudgedElsewhere = ({ name }: { name: string }) => name.startsWith('denied-');

/**
 * One entity that its service does not have leaves several fields null: which of them tells is open (GraphQL §6.4.4), so
 * only the place of the entity is compared.
 */
const ENTITY_OF_ERROR: Readonly<Record<string, number>> = { 'list-of-lists-of-entities': 6 };

for (const engine of ['stitch', 'auto'] as const) {
  describe(`the shop through the gateway with engine: ${engine}`, () => {
    let shop: Shop;
    let gateway: Gateway;
    let url = '';
    before(async () => {
      shop = await startShop(async () => 0);
      const env = { ...process.env, ...shop.env };
      const read = await readConfig({ file: CONFIG, env, overrides: { port: '0', engine } });
      assert.ok(read.config, JSON.stringify(read.errors));
      const config = { ...read.config, telemetry: { ...read.config.telemetry, logLevel: 'silent' as const } };
      gateway = await createGateway(config);
      url = `${await gateway.listen()}${config.graphql.path}`;
    });
    after(async () => {
      await gateway.close();
      await shop.close();
    });

    const monolith = buildMonolith();
    for (const { name, query, variables, identity } of readShopQueries().filter((each) => !isJudgedElsewhere(each))) {
      it(`answers ${name} as the monolith does`, async () => {
        const expected = await monolith.execute(query, variables, identity);
        const token =
          identity === null
            ? undefined
            : await shop.issuer.issueToken({ subject: identity.subject, scopes: [...identity.scopes] });
        const answer = await postGraphql(url, query, variables, token);
        assert.deepEqual(answer.data, JSON.parse(JSON.stringify(expected.data ?? null)));
        const placesOf = (errors: readonly { readonly path?: readonly unknown[] | undefined }[] = []) =>
          new Set(errors.map(({ path }) => JSON.stringify(path?.slice(0, ENTITY_OF_ERROR[name]))));
        assert.deepEqual(placesOf(answer.errors), placesOf(expected.errors));
      });
    }
  });
}
