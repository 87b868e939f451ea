import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import { parseExactly } from '../../mapping/exact-number.ts';
import type { UpstreamRequest, UpstreamResponse } from '../../transport/upstream.ts';
import { isJsonType } from '../body/json-type.ts';
import { headersVariable, type Variables } from '../route-variables.ts';
import { isFieldValue } from '../transform/field-rules.ts';
import type { Part } from './part.ts';
import { errorOfStatus } from './part-error.ts';

/** A part that was answered. */
export interface PartAnswer {
  readonly status: number;
  readonly headers: UpstreamResponse['headers'];
  /** Selected; `undefined`: nothing. */
  readonly data: unknown;
}

/**
 * Asks for a part.
 * @returns `undefined`: a value of its path is missing, so there is nothing to ask for.
 * @throws {WeirError} as the transport does; what the status of an answer means that is no success; `UPSTREAM_BAD_RESPONSE` for an answer
 *   that is no JSON; `BAD_USER_INPUT`, or `UPSTREAM_BAD_RESPONSE` where earlier parts gave them, for values that have no place in a request.
 */
export async function sendPart(
  part: Part,
  variables: Variables,
  context: RequestContext,
): Promise<PartAnswer | undefined> {
  const request = writeRequest(part, variables, context);
  if (request === undefined) return undefined;
  const answer = await part.upstream.send(request, context);
  const { status, headers, body } = answer;
  if (status < 200 || status > 299) throw errorOfStatus(part.name, part.upstream.name, answer);
  const data = readData(part, answer.headers['content-type'], body);
  if (part.select === undefined) return { status, headers, data };
  const known: Variables = { ...variables, $status: status };
  if (part.readsResponse) known.$response = { headers: headersVariable(headers) };
  return { status, headers, data: part.select.evaluate(data, known) };
}

function writeRequest(part: Part, variables: Variables, context: RequestContext): UpstreamRequest | undefined {
  const url = part.path.evaluate(variables);
  if (url.problem === 'missing') return undefined;
  if (url.problem !== undefined) throw noPlace(part, 'the path');
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const name of part.forward) {
    const value = context.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  for (const { name, template } of part.headers) {
    const values = template.evaluate(variables);
    if (!values.every(isFieldValue)) throw noPlace(part, `the header "${name}"`);
    if (values.length > 0) headers[name] = values.join(', ');
    else delete headers[name];
  }
  const { method, label, idempotent, timeoutMs, maxBodyBytes } = part;
  const request = {
    method,
    path: url.query === '' ? url.path : `${url.path}?${url.query}`,
    headers,
    label,
    maxBodyBytes,
    ...(idempotent !== undefined && { idempotent }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  if (part.body === undefined) return request;
  headers['content-type'] ??= 'application/json';
  return { ...request, body: JSON.stringify(part.body.evaluate(variables.$body ?? null, variables) ?? null) };
}

function readData(part: Part, contentType: string | string[] | undefined, body: string): unknown {
  if (body === '') return null;
  if (isJsonType([contentType].flat()[0])) {
    try {
      return parseExactly(body);
    } catch (cause) {
      throw unusable(part, 'is not JSON', cause);
    }
  }
  throw unusable(part, `has the media type ${String(contentType)}`);
}

function unusable({ name, upstream }: Part, what: string, cause?: unknown): WeirError {
  return new WeirError('UPSTREAM_BAD_RESPONSE', `The answer of part "${name}" ${what}`, {
    upstream: upstream.name,
    cause,
  });
}

/** The fault of whoever gave the value: an earlier part, or the client. */
function noPlace({ name, needs }: Part, where: string): WeirError {
  const code = needs.length > 0 ? 'UPSTREAM_BAD_RESPONSE' : 'BAD_USER_INPUT';
  return new WeirError(code, `A value has no place in ${where} of the part "${name}"`);
}
