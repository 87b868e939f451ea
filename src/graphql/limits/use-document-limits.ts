import { type DocumentNode, GraphQLError, parse, type Source } from 'graphql';
import type { OperationLimitsDefinition } from '../../config/schema/operation-limits.ts';
import type { Plugin } from '../context.ts';
import { compileDocumentLimits } from './document-limits.ts';
import { type OnLimitEvent, refuse } from './operation-limit.ts';

/**
 * Limits of the document: its tokens while it is parsed, the rest before it is validated, since validation itself costs
 * more than in proportion. All operations of a document count, also those that the request does not name.
 */
export function useDocumentLimits(definition: OperationLimitsDefinition, onEvent: OnLimitEvent): Plugin {
  const judge = compileDocumentLimits(definition, onEvent);
  const parseWithin = compileParser(definition, onEvent);
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithin as never);
    },
    onValidate({ params, setResult }) {
      const errors = judge(params.documentAST as DocumentNode);
      if (errors.length > 0) setResult([...errors]);
    },
  };
}

/** @returns a parser that throws refusals as it throws syntax errors. */
function compileParser({ tokens, depth }: OperationLimitsDefinition, onEvent: OnLimitEvent) {
  const options = tokens.mode === 'enforce' ? { maxTokens: tokens.max } : {};
  return (source: string | Source): DocumentNode => {
    try {
      return parse(source, options);
    } catch (error) {
      // The parser itself has no room for such a depth.
      if (error instanceof RangeError) throw refuse('depth', undefined, depth.max);
      if (!(error instanceof GraphQLError) || !/^Syntax Error: Document contains more than /.test(error.message))
        throw error;
      onEvent({ limit: 'tokens', mode: 'enforce', value: tokens.max + 1, max: tokens.max });
      throw refuse('tokens', undefined, tokens.max);
    }
  };
}
