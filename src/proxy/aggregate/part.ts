import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteAggregateDefinition } from '../../config/schema/route-aggregate.ts';
import { compileMapping, type Mapping } from '../../mapping/mapping.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { compileUrlTemplate, type UrlTemplate } from '../../mapping/url-template.ts';
import type { Upstream } from '../../transport/upstream.ts';
import { compileValueTemplate, type ValueTemplate } from '../transform/value-template.ts';

/** One request of an aggregate, compiled. */
export interface Part {
  readonly name: string;
  /** Names the request in spans and metrics. */
  readonly label: string;
  readonly upstream: Upstream;
  readonly method: string;
  readonly path: UrlTemplate;
  /** Names in lower case. */
  readonly headers: readonly { readonly name: string; readonly template: ValueTemplate }[];
  /** Headers of the client, in lower case. */
  readonly forward: readonly string[];
  readonly body: Mapping | undefined;
  readonly idempotent: boolean | undefined;
  readonly select: Mapping | undefined;
  readonly readsResponse: boolean;
  readonly onError: RouteAggregateDefinition['parts'][string]['onError'];
  readonly timeoutMs: number | undefined;
  readonly maxBodyBytes: number;
  readonly references: readonly VariableReference[];
  /** The parts that it reads. */
  readonly needs: readonly string[];
}

/** @throws {TypeError} where there is no such upstream; `weir check` finds the same with file and line. */
export function compilePart(
  route: string,
  name: string,
  definition: RouteAggregateDefinition['parts'][string],
  upstreams: { get(name: string): Upstream | undefined },
): Part {
  const upstream = upstreams.get(definition.upstream);
  if (upstream === undefined) {
    throw new TypeError(
      `Cannot route "${route}": part "${name}" asks upstream "${definition.upstream}", which does not exist`,
    );
  }
  const path = compileUrlTemplate(definition.path, MAPPING_VERSION);
  const headers = Object.entries(definition.headers).map(([header, text]) => ({
    name: header.toLowerCase(),
    template: compileValueTemplate(text, MAPPING_VERSION),
  }));
  const body =
    definition.body === undefined ? undefined : compileMapping(definition.body, { version: MAPPING_VERSION });
  const select =
    definition.select === undefined ? undefined : compileMapping(definition.select, { version: MAPPING_VERSION });
  const references = [path, ...headers.map(({ template }) => template), body, select].flatMap(
    (text) => text?.references ?? [],
  );
  const { method, forward, idempotent, onError, timeoutMs, maxBodyBytes } = definition;
  return {
    name,
    label: `${route}.${name}`,
    upstream,
    method,
    path,
    headers,
    forward: forward.map((header) => header.toLowerCase()),
    body,
    idempotent,
    select,
    readsResponse: select?.references.some((reference) => reference.name === '$response') === true,
    onError,
    timeoutMs,
    maxBodyBytes,
    references,
    needs: partsReadBy(references),
  };
}

/** A text that reads `$parts` whole waits for none. */
function partsReadBy(references: readonly VariableReference[]): readonly string[] {
  const names = references.flatMap(({ name, path: [part] }) => (name === '$parts' && part !== undefined ? [part] : []));
  return [...new Set(names)];
}
