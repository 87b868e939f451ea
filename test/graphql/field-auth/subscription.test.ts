import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, type ExecutionResult, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Plugin, ServerContext } from '../../../src/graphql/context.ts';
import { compileFieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { compileFieldPolicies } from '../../../src/graphql/field-auth/policies.ts';
import { useFieldAuth } from '../../../src/graphql/use-field-auth.ts';
import { knownOperation, useOperation } from '../../../src/graphql/use-operation.ts';
import { requestOf } from '../request-context.ts';

const schema = buildSchema(`
  directive @authenticated on FIELD_DEFINITION
  type Query { open: String }
  type Subscription { told: News secret: News @authenticated }
  type News { id: ID text: String @authenticated }
`);

/** Subscribes as the gateway does, to a source that has what the operation asks for. */
async function subscribe(query: string, mode: 'reject' | 'filter') {
  const auth = compileFieldAuth(schema, { mode, rules: {} }, compileFieldPolicies({}));
  const started: string[] = [];
  async function* events({ document }: { document: object }) {
    started.push(knownOperation(document)?.text ?? '');
    for (const id of ['1', '2']) yield { data: { told: { id, _weir_auth_0: 'News' } } };
  }
  const source: Plugin = {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(events as never);
    },
  };
  const yoga = createYoga<ServerContext>({
    schema,
    logging: false,
    plugins: [useOperation({ hideSuggestions: false }), useFieldAuth(auth), source],
  });
  const weir = { ...requestOf(null), facts: { route: '' } };
  const { contextFactory, subscribe: run } = yoga.getEnveloped({ weir } as never);
  const document = parse(query);
  const result = await run({ schema, document, contextValue: await contextFactory() });
  if (!(Symbol.asyncIterator in result)) return { started, results: [result as ExecutionResult] };
  const results: ExecutionResult[] = [];
  for await (const event of result as AsyncIterable<ExecutionResult>) results.push(event);
  return { started, results };
}

describe('fields of events that a client may not read', () => {
  it('are null in each event, and the source is not asked for them', async () => {
    const { started, results } = await subscribe('subscription { told { id text } }', 'filter');
    assert.deepEqual(started, ['subscription{told{id _weir_auth_0:__typename}}']);
    const error = { message: '"News.text" needs a signed-in client', path: ['told', 'text'] };
    assert.deepEqual(
      results.map(({ data, errors }) => ({ data, errors: errors?.map(({ message, path }) => ({ message, path })) })),
      ['1', '2'].map((id) => ({ data: { told: { id, text: null } }, errors: [error] })),
    );
  });

  it('refuse the subscription in mode reject, and where the field is the event itself', async () => {
    for (const [query, mode] of [
      ['subscription { told { id text } }', 'reject'],
      ['subscription { secret { id } }', 'filter'],
    ] as const) {
      const { started, results } = await subscribe(query, mode);
      assert.deepEqual(started, []);
      assert.deepEqual(
        results.map(({ data, errors }) => [data, errors?.[0]?.extensions.code]),
        [[null, 'UNAUTHENTICATED']],
      );
    }
  });
});
