import { createHash } from 'node:crypto';
import { type DocumentNode, type GraphQLSchema, parse, print } from 'graphql';
import { type JoinGraph, readJoinGraphs } from './join-graphs.ts';
import { buildPublicSchema } from './public-schema.ts';
import { upgradeJoin } from './upgrade-join.ts';

/** The one form between upstreams and engines: a composed federation supergraph. Immutable. */
export interface Supergraph {
  /** Always that of Federation 2; see {@link upgradeJoin}. */
  readonly sdl: string;
  readonly document: DocumentNode;
  /** What clients see; see {@link buildPublicSchema}. */
  readonly apiSchema: GraphQLSchema;
  /** Its subgraphs by upstream name, with the endpoints that the SDL gives. */
  readonly graphs: ReadonlyMap<string, JoinGraph>;
  /** SHA-256 of the SDL as it was given, in hexadecimal: equal hashes are equal supergraphs. */
  readonly hash: string;
}

/**
 * Reads a supergraph that was composed here or elsewhere: Federation 2 (`@link`, join v0.2 to v0.5) and Federation 1
 * (`@core`, join v0.1).
 *
 * @throws {GraphQLError} If the text is not SDL.
 * @throws {Error} If it is SDL, but not that of a supergraph.
 */
export function readSupergraph(sdl: string): Supergraph {
  const given = parse(sdl, { noLocation: true });
  const document = upgradeJoin(given);
  return {
    sdl: document === given ? sdl : `${print(document)}\n`,
    document,
    graphs: readJoinGraphs(document),
    apiSchema: buildPublicSchema(document),
    hash: createHash('sha256').update(sdl).digest('hex'),
  };
}
