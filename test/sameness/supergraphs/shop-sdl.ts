import { readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** Federation SDL of the shop's upstreams by name: what is left of `schemas/` when only federation is spoken. */
export function readShopSubgraphs(): Readonly<Record<string, string>> {
  return {
    accounts: print(readSchema('accounts')),
    catalog: print(withoutConnectors(readSchema('catalog'))),
    inventory: print(withoutConnectors(readSchema('inventory'))),
    orders: print(readSchema('orders')),
    reviews: print(withEntities(readSchema('reviews'))),
    storefront: print(readSchema('storefront')),
  };
}

function readSchema(name: string): DocumentNode {
  return parse(readFileSync(new URL(`../../../schemas/${name}.graphql`, import.meta.url), 'utf8'));
}

/** Composition knows the directives of federation only, and not yet the version that came with connectors. */
function withoutConnectors(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive({ name, arguments: args }) {
      const url = args?.find((arg) => arg.name.value === 'url')?.value;
      const isConnectLink = url?.kind === Kind.STRING && url.value.includes('/connect/');
      return name.value === 'connect' || name.value === 'source' || isConnectLink ? null : undefined;
    },
    StringValue: (node) => ({ ...node, value: node.value.replace(/(\/federation\/v2)\.10$/, '$1.9') }),
  });
}

const LOOKED_UP = ['User', 'Product', 'Review'];
const HIDDEN = ['reviewAuthorsByIds', 'productsByIds'];

/** What `upstreams/reviews.yaml` makes of a plain service: keys where there are lookups; some fields hidden. */
function withEntities(document: DocumentNode): DocumentNode {
  const link = parse('extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])');
  const [keyed] = parse('type T @key(fields: "id") { id: ID! }').definitions;
  const directives = keyed?.kind === Kind.OBJECT_TYPE_DEFINITION ? (keyed.directives ?? []) : [];
  const plain = visit(document, {
    ObjectTypeDefinition: (node) => (LOOKED_UP.includes(node.name.value) ? { ...node, directives } : undefined),
    FieldDefinition: (node) => (HIDDEN.includes(node.name.value) ? null : undefined),
  });
  return { ...plain, definitions: [...link.definitions, ...plain.definitions] };
}
