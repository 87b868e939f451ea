import { type DocumentNode, Kind, print } from 'graphql';
import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import type { Subgraph } from '../subgraph.ts';
import type { KnownOperations } from './known-operations.ts';
import type { GraphqlAnswer, GraphqlClient, LocalContext } from './local-context.ts';

type Variables = Readonly<Record<string, unknown>> | undefined;

/** What local resolvers reach of the gateway that they run in. It is asked while serving, so that it may be made later than they. */
export interface LocalServices {
  /** Runs an operation on the gateway itself; bounds how deep such operations nest. */
  query(text: string, variables: Variables, context: RequestContext): Promise<GraphqlAnswer<Record<string, unknown>>>;
  /** The subgraph of an upstream; `undefined`: there is none of this name. */
  subgraph(name: string): Subgraph | undefined;
}

/**
 * The context of one execution.
 * @param owner - the local subgraph whose resolvers get it.
 */
export function createLocalContext(
  owner: string,
  request: RequestContext,
  services: LocalServices,
  operations: KnownOperations,
): LocalContext {
  return {
    request,
    gateway: clientOf((text, variables) => services.query(text, variables, request)),
    upstream(name) {
      const subgraph = services.subgraph(name);
      if (subgraph === undefined) {
        throw new WeirError(
          'INTERNAL_ERROR',
          `A resolver of "${owner}" asks for upstream "${name}", which does not exist`,
        );
      }
      return clientOf(async (text, variables) => {
        const known = operations.read(text);
        if ('errors' in known) return known;
        const { data, errors } = await subgraph.execute({ operation: known.operation, variables, context: request });
        return { data, ...(errors && { errors: errors.map(({ cause: _, ...error }) => error) }) };
      });
    },
  };
}

function clientOf(
  run: (text: string, variables: Variables) => Promise<GraphqlAnswer<Record<string, unknown>>>,
): GraphqlClient {
  return {
    async query<Data>(document: string | DocumentNode | { toString(): string }, variables?: unknown) {
      return (await run(textOf(document), variables as Variables)) as GraphqlAnswer<Data>;
    },
  };
}

const printed = new WeakMap<DocumentNode, string>();

function textOf(document: string | DocumentNode | { toString(): string }): string {
  if (typeof document === 'string' || !isDocument(document)) return document.toString();
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}

function isDocument(value: object): value is DocumentNode {
  return (value as { kind?: unknown }).kind === Kind.DOCUMENT;
}
