import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import { isObject, scalarText } from '../../mapping/json-data.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { encodeValue } from '../../mapping/url-encoding.ts';
import { addQuery, type UrlTemplate } from '../../mapping/url-template.ts';
import type { UpstreamRequest } from '../../transport/upstream.ts';
import { encodeForm, isForm } from './body-encoding.ts';
import { type HeaderRule, writeHeaders } from './header-rule.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** A stretch of the URL: a template, or the path and query as mappings (connect v0.2). */
export interface UrlPart {
  readonly template: UrlTemplate | undefined;
  /** Whether only the query of the template counts. */
  readonly isPathIgnored: boolean;
  /** Gives a list of path segments. */
  readonly path: Mapping | undefined;
  /** Gives an object of query parameters. */
  readonly queryParams: Mapping | undefined;
}

/** The `http` of a connector with that of its source before it. */
export interface RequestTemplate {
  readonly method: Method;
  /** The source's, then the connector's. */
  readonly url: readonly UrlPart[];
  readonly headers: readonly HeaderRule[];
  readonly body: Mapping | undefined;
}

export interface RequestInput {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** The connector's coordinate. */
  readonly label: string;
  readonly idempotent: boolean;
  readonly warn: ((warning: MappingWarning) => void) | undefined;
}

/**
 * The request that a template makes of these variables; `undefined`: a value of its path is null, missing or empty, so there is
 * nothing to ask for.
 * @throws {WeirError} `BAD_USER_INPUT` where a value has no place in a URL or a header.
 */
export function writeRequest(template: RequestTemplate, input: RequestInput): UpstreamRequest | undefined {
  const path = writeUrl(template, input);
  if (path === undefined) return undefined;
  const written = writeHeaders(template.headers, input.variables, input.context, input.warn);
  if ('invalid' in written) throw refuse(`header "${written.invalid}" cannot carry the value`, input);
  const { headers } = written;
  const { method } = template;
  const request = { method, path, headers, label: input.label, idempotent: input.idempotent };
  if (template.body === undefined) return request;

  const body = template.body.evaluate({}, input.variables, input.warn);
  headers['content-type'] ??= 'application/json';
  if (body === undefined) return { ...request, body: '' };
  if (!isForm(headers['content-type'])) return { ...request, body: JSON.stringify(body) };
  const form = encodeForm(body);
  if (form === undefined) throw refuse('a form needs an object as its body', input);
  return { ...request, body: form };
}

function writeUrl({ url }: RequestTemplate, input: RequestInput): string | undefined {
  let path = '';
  const query: string[] = [];
  for (const part of url) {
    const written = part.template?.evaluate(input.variables, input.warn);
    if (written?.problem === 'missing') return undefined;
    if (written?.problem !== undefined) throw refuse(`a value has no place in the URL (${written.problem})`, input);
    if (!part.isPathIgnored) path = joinPath(path, written?.path ?? '');
    if (written !== undefined && written.query !== '') query.push(written.query);
    for (const segment of readSegments(part.path, input)) {
      if (segment === '') return undefined;
      path = joinPath(path, `/${segment}`);
    }
    addQueryParams(part.queryParams, query, input);
  }
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

function joinPath(base: string, rest: string): string {
  if (rest === '') return base;
  const start = base.endsWith('/') ? base.slice(0, -1) : base;
  return rest.startsWith('/') ? start + rest : `${start}/${rest}`;
}

function readSegments(mapping: Mapping | undefined, input: RequestInput): string[] {
  const value = mapping?.evaluate(null, input.variables, input.warn) ?? [];
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const text = scalarText(item);
    if (text === undefined || text === '.' || text === '..') throw refuse('a value has no place in the path', input);
    return encodeValue(text);
  });
}

function addQueryParams(mapping: Mapping | undefined, query: string[], input: RequestInput): void {
  const params = mapping?.evaluate(null, input.variables, input.warn);
  if (!isObject(params)) return;
  for (const key of Object.keys(params)) {
    if (addQuery(query, encodeValue(key), params[key]) !== undefined) {
      throw refuse(`query parameter "${key}" is an object`, input);
    }
  }
}

function refuse(why: string, { label }: RequestInput): WeirError {
  return new WeirError('BAD_USER_INPUT', undefined, {
    cause: new Error(`Cannot write the request of ${label}: ${why}`),
  });
}
