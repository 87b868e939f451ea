import { GraphQLError } from 'graphql';
import type { SubgraphError } from '../subgraphs/subgraph.ts';
import type { FormattedSubgraphError } from './subgraph-error.ts';

/** A subgraph's error on its way through delegation, which copies errors but keeps the chain of `originalError`. */
export class DelegatedError extends GraphQLError {
  readonly sourcePath: readonly (string | number)[] | undefined;

  constructor(source: SubgraphError, formatted: FormattedSubgraphError) {
    super(formatted.message, {
      path: source.path,
      extensions: formatted.extensions,
      originalError: source.cause instanceof Error ? source.cause : undefined,
    });
    this.sourcePath = source.path;
  }
}

/** The error of a subgraph that `error` is a copy of. */
export function findDelegatedError(error: unknown): DelegatedError | undefined {
  for (let current = error; current instanceof GraphQLError; current = current.originalError) {
    if (current instanceof DelegatedError) return current;
  }
  return undefined;
}

/** The subgraphs' errors of one execution: those that came, and which of them a field of the response reports. */
export class ErrorLedger {
  readonly #errors = new Set<DelegatedError>();
  readonly #reported = new Set<DelegatedError>();

  add(error: DelegatedError): void {
    this.#errors.add(error);
  }

  report(error: DelegatedError): void {
    this.#reported.add(error);
  }

  get unreported(): readonly DelegatedError[] {
    return [...this.#errors].filter((error) => !this.#reported.has(error));
  }
}

const ledgers = new WeakMap<object, ErrorLedger>();

/** The ledger of the execution that has this context value. */
export function ledgerOf(contextValue: unknown): ErrorLedger | undefined {
  return typeof contextValue === 'object' && contextValue !== null ? ledgers.get(contextValue) : undefined;
}

export function openLedger(contextValue: object): ErrorLedger {
  const ledger = new ErrorLedger();
  ledgers.set(contextValue, ledger);
  return ledger;
}
