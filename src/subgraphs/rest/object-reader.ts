import { getOwn, isObject, setOwn } from '../../mapping/json-data.ts';
import type { Connector } from './connector.ts';
import type { CallReason, CallScope, ConnectorCaller } from './connector-caller.ts';
import { type ConnectorGraph, type EntityConnector, parentFields } from './connector-graph.ts';
import type { EntityFinder } from './entity-finder.ts';

/** Gets the fields of objects: from what is known of the object, from the field's connector, or from the type's entity connectors. */
export class ObjectReader {
  readonly #graph: ConnectorGraph;
  readonly #caller: ConnectorCaller;
  readonly #finder: EntityFinder;
  /** Of each connector, the fields that it reads of its object. */
  readonly #parentFields: ReadonlyMap<Connector, readonly string[]>;

  constructor(graph: ConnectorGraph, caller: ConnectorCaller, finder: EntityFinder) {
    this.#graph = graph;
    this.#caller = caller;
    this.#finder = finder;
    this.#parentFields = new Map(graph.connectors.map((connector) => [connector, parentFields(connector)]));
  }

  /** The value of a field that has no connector. */
  readField(typeName: string, name: string, object: unknown, scope: CallScope): unknown {
    const known = isObject(object) ? getOwn(object, name) : undefined;
    if (known !== undefined || (this.#graph.entities.get(typeName)?.length ?? 0) === 0) return known;
    return this.#findField(typeName, name, object, scope, new Set());
  }

  /** The value of a field that has one. */
  async callField(
    connector: Connector,
    args: unknown,
    object: unknown,
    scope: CallScope,
    reason: CallReason,
  ): Promise<unknown> {
    if (reason !== 'object') return this.#caller.call(connector, { $args: args }, scope, reason);
    const $this = await this.#parent(connector, object, scope, new Set());
    return this.#caller.call(connector, { $args: args, $this }, scope, reason);
  }

  /**
   * Completes a representation with the fields that are asked for and that only an entity connector has.
   * @returns null where there is no such object.
   */
  async complete(
    typeName: string,
    representation: unknown,
    names: readonly string[],
    scope: CallScope,
  ): Promise<unknown> {
    if (!isObject(representation)) return null;
    const missing = names.filter(
      (name) => getOwn(representation, name) === undefined && !this.#graph.byField.has(`${typeName}.${name}`),
    );
    for (const entity of this.#graph.entities.get(typeName) ?? []) {
      if (!missing.some((name) => entity.gives(name))) continue;
      const found = this.#finder.find(entity, representation, scope);
      if (found === undefined) continue;
      const object = await found;
      return isObject(object) ? { ...representation, ...object } : null;
    }
    return representation;
  }

  async #findField(
    typeName: string,
    name: string,
    object: unknown,
    scope: CallScope,
    asked: ReadonlySet<EntityConnector>,
  ): Promise<unknown> {
    for (const entity of this.#graph.entities.get(typeName) ?? []) {
      if (!entity.gives(name) || asked.has(entity)) continue;
      const key = await this.#withFields(typeName, [...entity.key.keys()], object, scope, new Set([...asked, entity]));
      const found = await this.#finder.find(entity, key, scope);
      if (isObject(found)) return getOwn(found, name);
    }
    return undefined;
  }

  /** `$this` of a connector. */
  #parent(
    connector: Connector,
    object: unknown,
    scope: CallScope,
    asked: ReadonlySet<EntityConnector>,
  ): Promise<unknown> {
    return this.#withFields(connector.typeName, this.#parentFields.get(connector) ?? [], object, scope, asked);
  }

  /** The object with these fields, as far as they can be had. */
  async #withFields(
    typeName: string,
    names: readonly string[],
    object: unknown,
    scope: CallScope,
    asked: ReadonlySet<EntityConnector>,
  ): Promise<unknown> {
    if (!isObject(object)) return object;
    const missing = names.filter((name) => getOwn(object, name) === undefined);
    if (missing.length === 0) return object;
    const values = await Promise.all(
      missing.map(async (name) => {
        const connector = this.#graph.byField.get(`${typeName}.${name}`);
        if (connector === undefined) return this.#findField(typeName, name, object, scope, asked);
        const $this = await this.#parent(connector, object, scope, asked);
        return this.#caller.call(connector, { $args: {}, $this }, scope, 'object');
      }),
    );
    const completed: Record<string, unknown> = { ...object };
    for (const [index, name] of missing.entries()) setOwn(completed, name, values[index]);
    return completed;
  }
}
