import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import type { Subgraph, SubgraphOperation, SubgraphRequest, SubgraphResult } from '../../subgraphs/subgraph.ts';

/** Variables as the text that HTTP sends; parsed only for a subgraph in this process that asks for them. */
export class FetchRequest implements SubgraphRequest {
  readonly operation: SubgraphOperation;
  readonly variablesText?: string;
  readonly context: RequestContext;
  #variables: Readonly<Record<string, unknown>> | undefined;

  constructor(operation: SubgraphOperation, variablesText: string | undefined, context: RequestContext) {
    this.operation = operation;
    if (variablesText !== undefined) this.variablesText = variablesText;
    this.context = context;
  }

  get variables(): Readonly<Record<string, unknown>> | undefined {
    if (this.variablesText === undefined) return undefined;
    this.#variables ??= JSON.parse(this.variablesText) as Record<string, unknown>;
    return this.#variables;
  }
}

/** Sends a fetch; the result is the caller's own to change. Never rejects. */
export function send(
  subgraph: Subgraph,
  operation: SubgraphOperation,
  variablesText: string | undefined,
  context: RequestContext,
): Promise<SubgraphResult> | SubgraphResult {
  if (context.signal.aborted) return abortedResult(context.signal);
  try {
    const result = subgraph.execute(new FetchRequest(operation, variablesText, context));
    return result instanceof Promise ? result.catch(failedResult) : result;
  } catch (cause) {
    return failedResult(cause);
  }
}

/** The answer in place of one that nobody waits for any more. */
function abortedResult(signal: AbortSignal): SubgraphResult {
  const cause =
    signal.reason instanceof WeirError
      ? signal.reason
      : new WeirError('CLIENT_CLOSED_REQUEST', undefined, { cause: signal.reason });
  return failedResult(cause);
}

function failedResult(reason: unknown): SubgraphResult {
  const cause =
    reason instanceof WeirError ? reason : new WeirError('INTERNAL_ERROR', 'A subgraph threw', { cause: reason });
  return { data: null, errors: [{ message: cause.clientMessage, cause }] };
}
