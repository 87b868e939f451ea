import { type DocumentNode, type GraphQLSchema, type ValidationRule, validate } from 'graphql';
import type { Plugin } from './context.ts';

/** Validation that does not tell which names a misspelled one may mean: they are names of the schema. */
export function useQuietValidation(isQuiet: boolean): Plugin {
  if (!isQuiet) return {};
  const validateQuietly = (schema: GraphQLSchema, document: DocumentNode, rules?: readonly ValidationRule[]) =>
    validate(schema, document, rules, { hideSuggestions: true });
  return {
    onValidate({ setValidationFn }) {
      setValidationFn(validateQuietly as never);
    },
  };
}
