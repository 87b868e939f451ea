import { WeirError } from '../../errors.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import { isJsonType } from '../body/json-type.ts';
import { readRequestJson } from '../body/read-json.ts';
import { dropFieldsOfBytes, replaceBody } from '../body/replace-body.ts';
import { findField, removeField } from '../field-lines.ts';
import type { ReadVariables, Variables } from '../route-variables.ts';
import type { RequestRules } from './request-rules.ts';
import { type RouteFunction, transformContext } from './run-route-function.ts';
import type { TransformableRequest, TransformState } from './transform.ts';

export interface RequestTransformParts {
  readonly rules: RequestRules | undefined;
  readonly code: RouteFunction | undefined;
  readonly readVariables: ReadVariables;
  readonly readsBody: boolean;
  readonly readsAnswer: boolean;
  readonly maxBodyBytes: number;
  readonly warn: ((warning: MappingWarning) => void) | undefined;
}

/** Methods whose requests get a body from a mapping also where the client sent none. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** See {@link Transform.request}. */
export async function transformRequest(
  parts: RequestTransformParts,
  request: TransformableRequest,
): Promise<TransformState> {
  const { rules, code, readsAnswer } = parts;
  const context = transformContext(request);
  const isHead = request.method === 'HEAD';
  const variables = parts.readVariables(request);
  let body = parts.readsBody ? await readBody(parts, request) : undefined;
  variables.$body = body;

  if (rules !== undefined) {
    applyHead(rules, request, variables);
    if (rules.body !== undefined && isMapped(request, body)) {
      body = rules.body.evaluate(body ?? null, variables, parts.warn);
      write(request, body);
    }
    const invalid = rules.headers?.apply(request.headers, variables);
    if (invalid !== undefined) {
      throw new WeirError('BAD_USER_INPUT', `A value of the request has no place in the header "${invalid}"`);
    }
  }
  if (code?.changesRequest === true) {
    // Functions change what they are given: only the text tells whether they did.
    const before = code.readsJson ? stringify(body) : undefined;
    const changed = await code.request(request, code.readsJson ? body : undefined, context);
    if (code.readsJson && stringify(changed) !== before) write(request, changed);
  }
  if (readsAnswer) {
    // What is read whole must come whole, and its validators are not those of what the client gets.
    for (const name of ['range', 'if-range']) removeField(request.headers, name);
    if (request.method === 'GET' || request.method === 'HEAD') removeField(request.headers, 'if-none-match');
  }
  return { variables, context, isHead };
}

async function readBody(
  { rules, maxBodyBytes }: RequestTransformParts,
  request: TransformableRequest,
): Promise<unknown> {
  if (request.body === null) return undefined;
  if (isJsonType(findField(request.headers, 'content-type'))) return readRequestJson(request, maxBodyBytes);
  if (rules?.refusesOtherBodies !== true) return undefined;
  throw new WeirError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8, with a content-type that says so');
}

function applyHead(rules: RequestRules, request: TransformableRequest, variables: Variables): void {
  if (rules.path !== undefined) request.path = rules.path.apply(request.path, variables);
  if (rules.query !== undefined) request.query = rules.query.apply(request.query, variables);
  if (rules.method === undefined || rules.method === request.method) return;
  request.method = rules.method;
  if ((rules.method === 'GET' || rules.method === 'HEAD') && request.body !== null) dropBody(request);
}

/** Whether the mapping has something to say: to a JSON body, or to none where the method asks for one. */
function isMapped(request: TransformableRequest, body: unknown): boolean {
  if (body !== undefined) return request.method !== 'GET' && request.method !== 'HEAD';
  return request.body === null && WITH_BODY.has(request.method);
}

function write(request: TransformableRequest, body: unknown): void {
  const json = stringify(body);
  if (json === undefined) dropBody(request);
  else replaceBody(request, json);
}

/** @throws {WeirError} `MALFORMED_BODY` for what is nested too deep to be written. */
function stringify(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new WeirError('MALFORMED_BODY', 'The body is nested too deep', { cause });
  }
}

function dropBody(request: TransformableRequest): void {
  const { body } = request;
  // What the client still sends is read and let go of, so that its connection stays usable.
  if (body !== null && 'resume' in body) body.resume();
  request.body = null;
  dropFieldsOfBytes(request.headers);
  removeField(request.headers, 'content-type');
}
