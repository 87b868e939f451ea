import { readdirSync, readFileSync } from 'node:fs';
import type { Identity } from '../../src/edge/request-context.ts';

/** One question to the shop. */
export interface ShopQuery {
  /** Name of its file, without extension. */
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Who asks; `null`: nobody in particular. */
  readonly identity: Identity | null;
}

interface Companion {
  variables?: Record<string, unknown>;
  identity?: { subject: string; scopes: string[] };
}

/**
 * All of a folder: a `.graphql` file each, and a `.json` file beside it where it has variables or an identity.
 * `mutations` change the shop: each is meant for a shop of its own.
 */
export function readShopQueries(folder: 'queries' | 'mutations' = 'queries'): ShopQuery[] {
  const url = new URL(`./${folder}/`, import.meta.url);
  const read = (file: string) => readFileSync(new URL(file, url), 'utf8');
  const files = readdirSync(url);
  return files
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => {
      const name = file.slice(0, -'.graphql'.length);
      const companion: Companion = files.includes(`${name}.json`) ? JSON.parse(read(`${name}.json`)) : {};
      const { variables = {}, identity } = companion;
      return { name, query: read(file), variables, identity: identity === undefined ? null : toIdentity(identity) };
    });
}

function toIdentity({ subject, scopes }: { subject: string; scopes: string[] }): Identity {
  return { subject, scopes, kind: 'jwt', roles: ['customer'], claims: { sub: subject, scope: scopes.join(' ') } };
}
