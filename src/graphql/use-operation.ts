import { type DocumentNode, GraphQLError } from 'graphql';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { coerceVariables } from '../planner/coerce-variables.ts';
import { normaliserOf } from '../planner/normalise.ts';
import type { Operation } from '../planner/operation.ts';
import type { Plugin } from './context.ts';

/** The operations whose documents {@link useOperation} put into execution arguments. */
const operationOf = new WeakMap<object, Operation>();

/** The operation that a document in execution arguments stands for, if no plugin replaced the document since. */
export function knownOperation(document: object): Operation | undefined {
  return operationOf.get(document);
}

/** Puts an operation in place of the one that would run. */
export function replaceOperation(args: { document: DocumentNode }, operation: Operation): void {
  operationOf.set(operation.document, operation);
  args.document = operation.document;
}

/**
 * Coerces the variables and puts the operation's normal form in place of the client's document, so that the rules
 * after it judge exactly what will run: no field that a condition leaves out, no operation that was not chosen.
 */
export function useOperation(options: { readonly hideSuggestions: boolean }): Plugin {
  const onExecute: NonNullable<Plugin['onExecute']> = ({ args, setResultAndStopExecution }) => {
    try {
      const normaliser = normaliserOf(args.schema, args.document, args.operationName);
      const coerced = coerceVariables(args.schema, normaliser.definition, args.variableValues, options);
      if (coerced.errors !== undefined) {
        setResultAndStopExecution({ errors: coerced.errors.map((error) => refuse(error, 'BAD_USER_INPUT')) });
        return;
      }
      const operation = normaliser.apply(coerced.variables);
      replaceOperation(args, operation);
      args.variableValues = coerced.variables;
      args.contextValue.weir.facts.operationName = operation.name;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      setResultAndStopExecution({ errors: [refuse(error, error.extensions.code as ErrorCode)] });
    }
  };
  return { onExecute, onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']> };
}

/** A request error (GraphQL §7.1.3): with `application/json` the status stays 200, as GraphQL over HTTP asks. */
function refuse(error: GraphQLError, code: ErrorCode): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { ...error.extensions, code, http: { spec: true, status: ERRORS[code].status } },
  });
}
