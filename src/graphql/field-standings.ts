import type { Decision } from '../edge/limits/decision.ts';
import { isNearLimit } from '../edge/limits/rate-limit-headers.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { noteDecision } from '../edge/take-limits.ts';

/** How the limit of one field stands: a member of the list `extensions.rateLimit`. */
interface FieldStanding {
  /** Coordinate, `Type.field`. */
  readonly field: string;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the limit is whole again; where nothing remains, until a call fits. */
  readonly reset: number;
  /** From 80 % on. */
  readonly warning?: true;
}

/** Keeps what was decided of the fields of a request, for its answer. */
export class FieldStandings {
  note(scope: RequestScope, coordinate: string, decision: Decision): void {
    // An operation of local code has no answer of its own.
    if ('edge' in scope) noteDecision(scope, decision);
    let standings = scope.scoped.get(this) as Map<string, FieldStanding> | undefined;
    if (standings === undefined) {
      standings = new Map();
      scope.scoped.set(this, standings);
    }
    for (const standing of decision.standings) {
      standings.set(coordinate, {
        field: coordinate,
        limit: standing.limit.max,
        remaining: standing.remaining,
        reset: Math.max(standing.remaining === 0 ? 1 : 0, Math.ceil(standing.resetMs / 1000)),
        ...(isNearLimit(standing) && { warning: true }),
      });
    }
  }

  show({ scoped }: RequestScope, result: object | undefined): void {
    const standings = scoped.get(this) as Map<string, FieldStanding> | undefined;
    if (standings === undefined || result === undefined || Symbol.asyncIterator in result) return;
    const extensions = { ...(result as { extensions?: object }).extensions, rateLimit: [...standings.values()] };
    // In place: a copy would have data that is text already parsed and written again.
    Object.assign(result, { extensions });
  }
}
