import type { GraphQLFormattedError } from 'graphql';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import type { FieldLines } from '../field-lines.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { RouteAnswer } from '../route-exchange.ts';

/** What a client learns of one GraphQL error. */
export interface ShownError {
  readonly message: string;
  readonly code: string;
  /** Response keys and indices, joined by dots. */
  readonly path?: string;
}

/** Errors as GraphQL clients would see them: nothing in them is internal any more. */
export function showError({ message, path, extensions }: GraphQLFormattedError): ShownError {
  const { code } = extensions ?? {};
  return {
    message,
    code: typeof code === 'string' ? code : 'UPSTREAM_ERROR',
    ...(path !== undefined && { path: path.join('.') }),
  };
}

/**
 * The problem (RFC 9457) that GraphQL errors are on a route: that of the first error.
 * @param statuses Status by code, before what the error and the table of errors say.
 */
export function problemOfErrors(
  errors: readonly GraphQLFormattedError[],
  statuses: Readonly<Record<string, number>>,
  requestId: string,
): RouteAnswer {
  const [first = { message: ERRORS.INTERNAL_ERROR.message }] = errors;
  const { code, message } = showError(first);
  const http = (first.extensions?.http ?? {}) as HttpExtension;
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined;
  const configured = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  const status = configured ?? statusOf(http) ?? known?.status ?? ERRORS.UPSTREAM_ERROR.status;
  const title = known?.message ?? 'The operation failed';
  const problem = {
    type: `urn:weir:error:${code}`,
    title,
    status,
    ...(message !== title && { detail: message }),
    code,
    requestId,
    ...(errors.length > 1 && { errors: errors.map(showError) }),
  };
  return jsonAnswer(status, problem, headersOf(http, first), 'application/problem+json');
}

interface HttpExtension {
  readonly status?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function statusOf({ status }: HttpExtension): number | undefined {
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined;
}

/** RFC 9110 §11.6.1 and §10.2.3: what clients need to do better. */
function headersOf({ headers = {} }: HttpExtension, { extensions = {} }: GraphQLFormattedError): FieldLines {
  const lines: FieldLines = ['cache-control', 'no-store'];
  const challenge = headers['www-authenticate'] ?? headers['WWW-Authenticate'];
  if (typeof challenge === 'string') lines.push('www-authenticate', challenge);
  const retryAfter = headers['retry-after'] ?? headers['Retry-After'] ?? extensions.retryAfterSeconds;
  if (typeof retryAfter === 'string' || typeof retryAfter === 'number') lines.push('retry-after', String(retryAfter));
  return lines;
}
