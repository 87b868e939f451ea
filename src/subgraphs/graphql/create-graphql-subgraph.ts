import { print } from 'graphql';
import type { GraphqlUpstreamConfig } from '../../config/config.ts';
import type { Upstream } from '../../transport/upstream.ts';
import { usesFederation } from '../federation-link.ts';
import type { Complaint, Outcome } from '../schema-problem.ts';
import type { Subgraph } from '../subgraph.ts';
import type { ParsedSdl } from '../subgraph-schema.ts';
import { compileLookup } from './entities/compile-lookup.ts';
import { createEntitiesExecutor } from './entities/entities-executor.ts';
import type { Lookup } from './entities/lookup.ts';
import { createHttpExecutor } from './http-executor.ts';
import { declaredKeys, toFederationSdl } from './plain-sdl.ts';

/**
 * The subgraph of a GraphQL service, in the service's own names. A service is plain where the config says so (`federation: false`
 * or `entities`) and where its SDL uses nothing of federation.
 */
export function createGraphqlSubgraph(
  config: GraphqlUpstreamConfig,
  { document, schema }: ParsedSdl,
  upstream: Upstream,
): Outcome<Subgraph, Complaint> {
  const send = createHttpExecutor(upstream);
  const url = config.endpoints[0]?.url ?? '';
  const entities = Object.entries(config.entities);
  if (config.federation === true && entities.length > 0) {
    return refuse('"entities" are for services without federation, but "federation" is true', 'Remove one of the two');
  }
  const isPlain =
    config.federation === false || entities.length > 0 || (config.federation === 'auto' && !usesFederation(document));
  if (!isPlain) return { ok: true, value: { name: config.name, sdl: print(document), url, execute: send } };

  const lookups = new Map<string, Lookup[]>();
  const complaints: Complaint[] = [];
  for (const [typeName, definitions] of entities) {
    for (const definition of [definitions].flat()) {
      const compiled = compileLookup(schema, typeName, definition);
      if ('lookup' in compiled) lookups.set(typeName, [...(lookups.get(typeName) ?? []), compiled.lookup]);
      else complaints.push(...compiled.complaints.map((complaint) => ({ key: ['entities', typeName], ...complaint })));
    }
  }
  for (const { typeName, key } of declaredKeys(document)) {
    if (config.entities[typeName] !== undefined) continue;
    complaints.push({
      message: `The schema says "${typeName} @key(fields: "${key}")", but nothing says how to look it up in a service without federation`,
      key: ['entities'],
      hint: `Add entities: { ${typeName}: { key: "${key}", lookup: … } }, or "resolvable: false" to the @key`,
    });
  }
  if (complaints.length > 0) return { ok: false, problems: complaints };

  const execute = lookups.size === 0 ? send : createEntitiesExecutor(config.name, schema, lookups, send);
  return {
    ok: true,
    value: { name: config.name, sdl: print(toFederationSdl(document, config.entities)), url, execute },
  };
}

function refuse(message: string, hint: string): { readonly ok: false; readonly problems: readonly Complaint[] } {
  return { ok: false, problems: [{ key: ['entities'], message, hint }] };
}
