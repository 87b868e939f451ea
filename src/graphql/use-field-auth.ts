import { useGenericAuth, type ValidateUserFnParams } from '@envelop/generic-auth';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Identity } from '../edge/request-context.ts';
import type { JsonObject } from '../engine/own.ts';
import type { Operation } from '../planner/operation.ts';
import type { Plugin, ServerContext } from './context.ts';
import type { FieldAuth } from './field-auth/field-auth.ts';
import { type FilteredOperation, filterOperation } from './field-auth/filter-operation.ts';
import type { ProtectedField } from './field-auth/protections.ts';
import { refuseField } from './field-auth/refusal.ts';
import { gatherHooks } from './run-only-for.ts';
import { knownOperation, replaceOperation } from './use-operation.ts';

type OnExecute = NonNullable<Plugin['onExecute']>;
type Payload = Parameters<OnExecute>[0];

/**
 * `@authenticated`, `@requiresScopes` and `@policy`, judged before anything is planned or fetched. Where fields are refused, `reject`
 * leaves the operation to generic-auth, which refuses it with their errors; `filter` puts the rest of it in its place.
 */
export function useFieldAuth(auth: FieldAuth): Plugin {
  if (auth.rules.isEmpty) return {};
  /** By the execution's document, which is shared; hence by its context. */
  const refusedOf = new WeakMap<object, ReadonlyMap<object, ProtectedField>>();
  const rejection = gatherHooks(
    useGenericAuth<Identity, ServerContext, 'identity'>({
      mode: 'protect-granular',
      contextFieldName: 'identity',
      resolveUserFn: (context) => context.weir.identity,
      validateUser({ fieldNode, executionArgs }: ValidateUserFnParams<Identity | null>): GraphQLError | undefined {
        const { contextValue } = executionArgs as { contextValue: ServerContext };
        const field = refusedOf.get(contextValue)?.get(fieldNode);
        return field && refuseField(field, contextValue.weir.identity, 'reject');
      },
    }),
  );

  const settle = (payload: Payload, operation: Operation, refused: readonly ProtectedField[]) => {
    if (refused.length === 0) return undefined;
    const isStream = operation.kind === 'subscription' && refused.some(({ path }) => path.length === 1);
    return auth.mode === 'reject' || isStream ? reject(payload, refused) : filter(payload, operation, refused);
  };

  async function reject(payload: Payload, refused: readonly ProtectedField[]): Promise<undefined> {
    const { contextValue } = payload.args;
    refusedOf.set(contextValue, new Map(refused.map((field) => [field.node, field])));
    let isStopped = false;
    await rejection.run({
      ...payload,
      setResultAndStopExecution(result) {
        isStopped = true;
        payload.setResultAndStopExecution(result);
      },
    } as Payload);
    // What is refused stays refused, whatever a visitor of documents makes of it.
    if (!isStopped) {
      const errors = refused.map((field) => refuseField(field, contextValue.weir.identity, 'reject'));
      payload.setResultAndStopExecution({ data: null, errors });
    }
  }

  function filter({ args }: Payload, operation: Operation, refused: readonly ProtectedField[]) {
    const filtered = filterOperation(args.schema, operation, refused);
    replaceOperation(args, filtered.operation);
    const { identity } = args.contextValue.weir;
    const complete = (result: unknown) =>
      fillResult(
        result as Answer,
        filtered,
        refused.map((field) => refuseField(field, identity, 'filter')),
      );
    return {
      onExecuteDone({ result, setResult }: Done) {
        if (!isStream(result)) setResult(complete(result));
      },
      onSubscribeResult({ result, setResult }: Done) {
        if (isStream(result)) return { onNext: (next: Done) => next.setResult(complete(next.result)) };
        setResult(complete(result));
        return undefined;
      },
    };
  }

  const onExecute = (payload: Payload) => {
    const operation = knownOperation(payload.args.document);
    if (operation === undefined) throw new TypeError('Cannot judge fields: the operation is not normalised');
    const refused = auth.judge(operation, payload.args.contextValue.weir);
    return refused instanceof Promise
      ? refused.then((later) => settle(payload, operation, later))
      : settle(payload, operation, refused);
  };
  return {
    onSchemaChange: rejection.onSchemaChange,
    onExecute: onExecute as OnExecute,
    onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']>,
  };
}

interface Answer {
  readonly data?: JsonObject | null;
  readonly errors?: readonly (GraphQLError | GraphQLFormattedError)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

interface Done {
  readonly result: unknown;
  setResult(result: unknown): void;
}

/** An answer without `data` is that of a request error: no field was reached. */
function fillResult(result: Answer, { fill }: FilteredOperation, errors: readonly GraphQLError[]): Answer {
  const { data, extensions } = result;
  if (data === undefined) return result;
  return {
    data: data === null ? null : fill(data),
    errors: [...(result.errors ?? []), ...errors],
    ...(extensions !== undefined && { extensions }),
  };
}

function isStream(result: unknown): boolean {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}
