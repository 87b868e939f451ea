import type { Config } from '../config/config.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Plugin } from './context.ts';
import { compileFieldAuth, type FieldAuth } from './field-auth/field-auth.ts';
import { compileFieldPolicies } from './field-auth/policies.ts';

export interface FieldAuthParts {
  readonly config: Pick<Config, 'auth' | 'graphql'>;
  readonly plugins: readonly Plugin[];
  readonly logger?: Logger;
}

/**
 * The rules of fields for a supergraph in service. What they name and nobody has is logged: a policy that is nobody's
 * holds for nobody, and a rule for a field that is not there waits for it.
 * @throws {TypeError} where a policy has two definitions.
 */
export function openFieldAuth({ apiSchema }: Supergraph, { config, plugins, logger }: FieldAuthParts): FieldAuth {
  const policies = compileFieldPolicies(
    config.auth.policies.named,
    plugins.flatMap(({ policies }) => (policies === undefined ? [] : [policies])),
  );
  const auth = compileFieldAuth(apiSchema, config.graphql.fieldAuth, policies);
  for (const problem of fieldAuthProblems(auth)) logger?.warn(problem);
  return auth;
}

/** What is wrong with the rules of fields, for `weir check` and the log. */
export function fieldAuthProblems({ rules, policyNames }: FieldAuth): readonly string[] {
  const nobodys = [...rules.policies].filter(([name]) => !policyNames.has(name));
  return [
    ...nobodys.map(
      ([name, coordinate]) =>
        `"${coordinate}" asks for policy "${name}", which is not defined. Define it in \`auth.policies.named\` or in \`policies\` of a plugin`,
    ),
    ...rules.unknown.map(
      (coordinate) =>
        `\`graphql.field_auth.rules\` has "${coordinate}", which the graph has not. Correct its name or remove it`,
    ),
  ];
}
