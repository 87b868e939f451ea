import type { Alternatives, Demand } from '../../graphql/field-auth/demand.ts';

/** What a field asks of a client, in words: `a signed-in client; scopes a and b, or c`. */
export function describeDemand({ authenticated, scopes, policies }: Demand): string {
  const parts = [
    ...(authenticated && scopes.length === 0 ? ['a signed-in client'] : []),
    ...scopes.map((each) => `scope ${describe(each)}`),
    ...policies.map((each) => `policy ${describe(each)}`),
  ];
  return parts.join('; ');
}

function describe(alternatives: Alternatives): string {
  return alternatives.map((all) => all.join(' and ')).join(', or ');
}
