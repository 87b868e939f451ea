import type { Destination, OperationFacts } from './destination.ts';
import type { LimitFacts } from './limits/limit-key.ts';
import type { PolicyFacts } from './policies/condition.ts';
import type { RequestScope } from './request-scope.ts';

/** What policies and limits look at: one object for both. */
export type AdmissionFacts = LimitFacts & PolicyFacts;

export function admissionFacts(
  scope: RequestScope,
  { kind, route, path }: Destination,
  operation?: OperationFacts,
): AdmissionFacts {
  const { head, requestId, clientAddress, identity } = scope;
  const { method, headers } = head;
  return { kind, method, route, path: path ?? head.path, requestId, clientAddress, identity, headers, ...operation };
}
