import DataLoader from 'dataloader';
import type { RequestContext } from '../../edge/request-context.ts';
import type { UpstreamRequest } from '../../transport/upstream.ts';
import type { Answer } from './answer.ts';
import type { EntityConnector } from './connector-graph.ts';

/** An entity to find: the fields of its key, and the text that equal keys share. */
export interface EntityKey {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export type EntityLoader = DataLoader<EntityKey, unknown, string>;

/** What one client request has read already, so that nothing is asked for twice. */
export class RequestMemory {
  #gets = createGets();
  readonly #entities = new Map<EntityConnector, EntityLoader>();

  /** The memory of a client request; `owner`: the subgraph. */
  static of(context: RequestContext, owner: object): RequestMemory {
    const known = context.scoped.get(owner);
    if (known instanceof RequestMemory) return known;
    const memory = new RequestMemory();
    context.scoped.set(owner, memory);
    return memory;
  }

  /** One call for all GETs of one URL with the same headers and body, while it runs and after. */
  joinGet(request: UpstreamRequest, send: () => Promise<Answer>): Promise<Answer> {
    return this.#gets.load({ key: JSON.stringify([request.path, request.headers, request.body]), send });
  }

  entityLoader(entity: EntityConnector, create: () => EntityLoader): EntityLoader {
    const loader = this.#entities.get(entity) ?? create();
    this.#entities.set(entity, loader);
    return loader;
  }

  /** Called when something has changed. */
  forget(): void {
    this.#gets = createGets();
    this.#entities.clear();
  }
}

interface Get {
  readonly key: string;
  readonly send: () => Promise<Answer>;
}

function createGets(): DataLoader<Get, Answer, string> {
  return new DataLoader((gets: readonly Get[]) => Promise.all(gets.map(({ send }) => send().catch(asError))), {
    // A GET is sent at once: there is nothing to gather.
    batch: false,
    cacheKeyFn: ({ key }) => key,
  });
}

/** DataLoader takes failures of single keys as values. */
export function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error('Unknown failure', { cause: failure });
}
