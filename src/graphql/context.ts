import type { RequestScope } from '../server/request-scope.ts';

/** What Weir adds to Yoga's context; resolvers and plugins of the embedding program see it too. */
export interface ServerContext {
  readonly weir: RequestScope;
}
