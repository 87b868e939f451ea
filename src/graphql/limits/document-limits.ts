import type { DocumentNode, GraphQLError } from 'graphql';
import type { OperationLimitsDefinition } from '../../config/schema/operation-limits.ts';
import { type DocumentMeasures, measureDocument } from './measure-document.ts';
import { compileLimit, type JudgeLimit, type OnLimitEvent } from './operation-limit.ts';

/** Compiles the limits that need nothing but the document; gives the refusals. */
export function compileDocumentLimits(
  definition: Pick<OperationLimitsDefinition, 'depth' | 'tokens' | 'aliases' | 'rootFields' | 'directives'>,
  onEvent?: OnLimitEvent,
): (document: DocumentNode) => readonly GraphQLError[] {
  const judges: readonly (readonly [keyof DocumentMeasures, JudgeLimit])[] = [
    ['tokens', compileLimit('tokens', definition.tokens, onEvent)],
    ['depth', compileLimit('depth', definition.depth, onEvent)],
    ['rootFields', compileLimit('root_fields', definition.rootFields, onEvent)],
    ['aliases', compileLimit('aliases', definition.aliases, onEvent)],
    ['directives', compileLimit('directives', definition.directives, onEvent)],
  ];
  return (document) => {
    const measures = measureDocument(document);
    return judges.flatMap(([name, judge]) => judge(measures[name]) ?? []);
  };
}
