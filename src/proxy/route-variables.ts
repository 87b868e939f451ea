import type { RequestContext } from '../edge/request-context.ts';
import { WeirError } from '../errors.ts';
import { setOwn } from '../mapping/json-data.ts';
import type { VariableReference } from '../mapping/references.ts';
import type { FieldLines } from './field-lines.ts';
import type { RouteExchange } from './route-exchange.ts';

/** Values of variables by name with the `$`, for mappings. */
export type Variables = Record<string, unknown>;

/** What variables tell of. */
export type Described = Pick<RouteExchange, 'method' | 'path' | 'query' | 'headers' | 'parameters'> & {
  readonly scope: Pick<RequestContext, 'requestId' | 'clientAddress' | 'identity'>;
};

/** Reads what texts about a request need, and nothing else. */
export type ReadVariables = (exchange: Described) => Variables;

const READERS = {
  $path: readParameters,
  $query: ({ query }: Described) => queryVariable(query),
  $request: ({ method, path, headers }: Described) => ({ method, path, headers: headerLists(headers) }),
  $context: ({ scope: { requestId, clientAddress, identity } }: Described) => ({ requestId, clientAddress, identity }),
} as const;

/** @param references What the texts read; other variables than those of a request are left to others. */
export function compileVariables(references: readonly VariableReference[]): ReadVariables {
  const names = new Set(references.map(({ name }) => name));
  const readers = Object.entries(READERS).filter(([name]) => names.has(name));
  return (exchange) => {
    const variables: Variables = {};
    for (const [name, read] of readers) variables[name] = read(exchange);
    return variables;
  };
}

/** Headers as mappings have them: a list of values for each name. */
export function headerLists(lines: FieldLines): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (let at = 0; at < lines.length; at += 2) {
    const name = lines[at] as string;
    const list = Object.hasOwn(lists, name) ? lists[name] : undefined;
    if (list === undefined) setOwn(lists, name, [lines[at + 1] as string]);
    else list.push(lines[at + 1] as string);
  }
  return lists;
}

/** The same of headers that are an object already. */
export function headersVariable(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) setOwn(lists, name, [value].flat());
  return lists;
}

function readParameters(exchange: Described): Readonly<Record<string, string>> {
  try {
    return exchange.parameters;
  } catch (cause) {
    throw new WeirError('MALFORMED_PATH', 'The path has an escape that is not UTF-8', { cause });
  }
}

/** A text for each parameter; a list of them where it is repeated. */
function queryVariable(query: string): Record<string, string | string[]> {
  const variable: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const known = Object.hasOwn(variable, name) ? variable[name] : undefined;
    if (known === undefined) setOwn(variable, name, value);
    else if (typeof known === 'string') setOwn(variable, name, [known, value]);
    else known.push(value);
  }
  return variable;
}
