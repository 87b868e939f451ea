import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import { compileMapping, type Mapping } from '../../mapping/mapping.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { compileFieldRules, type FieldRules } from './field-rules.ts';
import { compilePathRule, type PathRule } from './path-rule.ts';
import { compileQueryRules, type QueryRules } from './query-rules.ts';

/** `transform.request` of a route, compiled. */
export interface RequestRules {
  readonly method: string | undefined;
  readonly path: PathRule | undefined;
  readonly query: QueryRules | undefined;
  readonly headers: FieldRules | undefined;
  readonly body: Mapping | undefined;
  readonly refusesOtherBodies: boolean;
  readonly references: readonly VariableReference[];
}

export function compileRequestRules(definition: NonNullable<RouteTransformDefinition['request']>): RequestRules {
  const { method, otherBodies } = definition;
  const path = definition.path === undefined ? undefined : compilePathRule(definition.path);
  const query = definition.query && compileQueryRules(definition.query);
  const headers = definition.headers && compileFieldRules(definition.headers);
  const body =
    definition.body === undefined ? undefined : compileMapping(definition.body, { version: MAPPING_VERSION });
  return {
    method,
    path,
    query,
    headers,
    body,
    refusesOtherBodies: body !== undefined && otherBodies === 'refuse',
    references: [path, query, headers, body].flatMap((rule) => rule?.references ?? []),
  };
}
