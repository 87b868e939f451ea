import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Identity, RequestContext } from '../../edge/request-context.ts';
import type { FieldAuth } from '../../graphql/field-auth/field-auth.ts';
import type { Operation } from '../../planner/operation.ts';
import { formatTable } from '../format-table.ts';
import { describeDemand } from './describe-demand.ts';

/** What the fields of an operation ask of clients, and which of them the given client may read. */
export async function describeProtections(
  auth: FieldAuth,
  operation: Operation,
  identity: Partial<Identity> | null,
): Promise<string> {
  const protections = auth.protectionsOf(operation);
  if (protections === undefined) return 'No field asks anything of the client';
  const refused = new Set(await auth.judge(operation, requestOf(identity)));
  const rows = protections.fields.map((field) => {
    const demand = protections.demands[field.demand];
    return [
      `  ${field.path.join('.')}`,
      refused.has(field) ? 'refused' : 'allowed',
      demand === undefined ? '' : describeDemand(demand),
    ];
  });
  // Below a refused field nothing is asked any more.
  const shown = rows.filter((_, at) => !isBelowRefused(at));
  const client = identity === null ? 'an anonymous client' : `"${identity.subject ?? 'client'}"`;
  return `Fields that ask something, for ${client}:\n${formatTable(shown)}`;

  function isBelowRefused(at: number): boolean {
    return [...refused].some(({ index, next }) => at > index && at < next);
  }
}

function requestOf(identity: Partial<Identity> | null): RequestContext {
  return {
    requestId: 'explain',
    headers: {},
    clientAddress: '127.0.0.1',
    identity: identity && { subject: 'client', kind: 'jwt', scopes: [], roles: [], claims: {}, ...identity },
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
}
