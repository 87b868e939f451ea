import { type DocumentNode, type GraphQLSchema, type ValidationRule, validate } from 'graphql';
import type { Plugin } from '../context.ts';
import { refuse } from './operation-limit.ts';

export interface ValidationOptions {
  /** Errors do not tell which names a misspelled one may mean: they are names of the schema. */
  readonly hideSuggestions: boolean;
  /** What a document that validation has no room for is told. */
  readonly maxDepth: number;
}

/** Validation by the specification's rules; what is nested or chained deeper than the stack is refused, too. */
export function useValidation({ hideSuggestions, maxDepth }: ValidationOptions): Plugin {
  const validateWithin = (schema: GraphQLSchema, document: DocumentNode, rules?: readonly ValidationRule[]) => {
    try {
      return validate(schema, document, rules, { hideSuggestions });
    } catch (error) {
      if (error instanceof RangeError) return [refuse('depth', undefined, maxDepth)];
      throw error;
    }
  };
  return {
    onValidate({ setValidationFn }) {
      setValidationFn(validateWithin as never);
    },
  };
}
