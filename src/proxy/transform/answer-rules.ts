import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import { compileMapping, type Mapping } from '../../mapping/mapping.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { compileFieldRules, type FieldRules } from './field-rules.ts';
import { compileStatusSet, type IsOfSet } from './status-set.ts';

/** One entry of `transform.answers` of a route, compiled. */
export interface AnswerRules {
  readonly isAbout: IsOfSet;
  readonly status: number | undefined;
  readonly headers: FieldRules | undefined;
  readonly body: Mapping | undefined;
  readonly refusesOtherBodies: boolean;
  readonly references: readonly VariableReference[];
}

export function compileAnswerRules(definition: RouteTransformDefinition['answers'][number]): AnswerRules {
  const headers = definition.headers && compileFieldRules(definition.headers);
  const body =
    definition.body === undefined ? undefined : compileMapping(definition.body, { version: MAPPING_VERSION });
  return {
    isAbout: compileStatusSet(definition.on),
    status: definition.status,
    headers,
    body,
    refusesOtherBodies: body !== undefined && definition.otherBodies === 'refuse',
    references: [headers, body].flatMap((rule) => rule?.references ?? []),
  };
}
