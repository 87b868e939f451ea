import { GraphQLError } from 'graphql';
import type { SubgraphError } from '../subgraphs/subgraph.ts';
import type { FormattedSubgraphError } from './subgraph-error.ts';

/**
 * The extension with an error's number in its ledger. Delegation merges what two requests say of an object member by
 * member, two errors at one place too: all that is left of them is an object that has their extensions.
 */
const NUMBER = 'weir.delegated';

/** A subgraph's error on its way through delegation, which copies errors but keeps the chain of `originalError`. */
export class DelegatedError extends GraphQLError {
  readonly sourcePath: readonly (string | number)[] | undefined;
  /** What clients read of `extensions`. */
  readonly clientExtensions: FormattedSubgraphError['extensions'];

  constructor(source: SubgraphError, formatted: FormattedSubgraphError, number?: number) {
    super(formatted.message, {
      path: source.path,
      extensions: { ...formatted.extensions, ...(number !== undefined && { [NUMBER]: number }) },
      originalError: source.cause instanceof Error ? source.cause : undefined,
    });
    this.sourcePath = source.path;
    this.clientExtensions = formatted.extensions;
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
  readonly #errors: DelegatedError[] = [];
  readonly #reported = new Set<DelegatedError>();

  add(source: SubgraphError, formatted: FormattedSubgraphError): DelegatedError {
    const error = new DelegatedError(source, formatted, this.#errors.length);
    this.#errors.push(error);
    return error;
  }

  report(error: DelegatedError): void {
    this.#reported.add(error);
  }

  get unreported(): readonly DelegatedError[] {
    return this.#errors.filter((error) => !this.#reported.has(error));
  }

  /** A value, its lists changed in place, with the errors that delegation merged to objects. */
  restoreErrors(value: unknown): unknown {
    if (this.#errors.length === 0 || typeof value !== 'object' || value === null || value instanceof Error)
      return value;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) value[index] = this.restoreErrors(item);
      return value;
    }
    const { __typename, extensions } = value as { readonly __typename?: unknown; readonly extensions?: unknown };
    if (__typename !== undefined || typeof extensions !== 'object' || extensions === null) return value;
    return this.#errors[Reflect.get(extensions, NUMBER)] ?? value;
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
