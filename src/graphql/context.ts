import type { Plugin as YogaPlugin } from 'graphql-yoga';
import type { RequestScope } from '../edge/request-scope.ts';
import type { Policy } from './field-auth/policies.ts';

/** What Weir adds to Yoga's context; resolvers and plugins of the embedding program see it too. */
export interface ServerContext {
  readonly weir: RequestScope;
}

export type Plugin = YogaPlugin<ServerContext> & {
  /** Policies in code, by the names that `@policy` uses. */
  readonly policies?: Readonly<Record<string, Policy>>;
};
