import DataLoader from 'dataloader';
import { WeirError } from '../../errors.ts';
import { typeName } from '../../mapping/json-data.ts';
import type { CallScope, ConnectorCaller } from './connector-caller.ts';
import type { EntityConnector } from './connector-graph.ts';
import { keyText, readKey } from './entity-key.ts';
import { asError, type EntityKey, type EntityLoader } from './request-memory.ts';

/** Finds objects by their keys; each key is asked for once in a client request, and many at once where the connector can. */
export class EntityFinder {
  readonly #caller: ConnectorCaller;

  constructor(caller: ConnectorCaller) {
    this.#caller = caller;
  }

  /**
   * The object that has the same key as `object`; null where there is none.
   * @returns `undefined` where `object` lacks the key.
   */
  find(entity: EntityConnector, object: unknown, scope: CallScope): Promise<unknown> | undefined {
    const fields = readKey(entity.key, object);
    const text = keyText(entity.key, object);
    if (fields === undefined || text === undefined) return undefined;
    const loader = scope.memory.entityLoader(entity, () => this.#createLoader(entity, scope));
    return loader.load({ fields, text });
  }

  #createLoader(entity: EntityConnector, scope: CallScope): EntityLoader {
    const isBatch = entity.keyVariable === '$batch';
    return new DataLoader(
      (keys: readonly EntityKey[]) =>
        isBatch ? this.#findMany(entity, keys, scope) : this.#findEach(entity, keys, scope),
      { batch: isBatch, maxBatchSize: entity.connector.maxBatchSize, cacheKeyFn: ({ text }) => text },
    );
  }

  #findEach({ connector, keyVariable }: EntityConnector, keys: readonly EntityKey[], scope: CallScope) {
    const find = async ({ fields }: EntityKey): Promise<unknown> =>
      (await this.#caller.call(connector, { [keyVariable]: fields }, scope, 'object')) ?? null;
    return Promise.all(keys.map((key) => find(key).catch(asError)));
  }

  /** The service may answer in any order and leave out what it does not have. */
  async #findMany({ connector, key }: EntityConnector, keys: readonly EntityKey[], scope: CallScope) {
    const found =
      (await this.#caller.call(connector, { $batch: keys.map(({ fields }) => fields) }, scope, 'object')) ?? [];
    if (!Array.isArray(found)) {
      const message = `${connector.coordinate} needs a list for many objects, got ${typeName(found)}`;
      throw new WeirError('UPSTREAM_BAD_RESPONSE', message);
    }
    const byKey = new Map(found.map((object) => [keyText(key, object), object as unknown]));
    return keys.map(({ text }) => byKey.get(text) ?? null);
  }
}
