import { isDeepStrictEqual } from 'node:util';
import { type JsonSchema, toJsonSchema } from '../src/config/json-schema.ts';
import { gatewaySchema } from '../src/config/schema/gateway.ts';
import { upstreamSchema } from '../src/config/schema/upstream.ts';
import { INTRODUCTION } from './config-introduction.ts';
import { renderTable } from './markdown-table.ts';
import { nameType } from './type-name.ts';

/** `docs/config.md`: every key of the config files, from the schema. */
export function renderConfigPage(): string {
  const gateway = toJsonSchema(gatewaySchema);
  const kinds = toJsonSchema(upstreamSchema).oneOf ?? [];
  return `${[
    INTRODUCTION,
    '## gateway.yaml',
    renderKeys(gateway),
    ...renderSections(gateway, ''),
    '## upstreams/*.yaml',
    renderUpstreamKeys(kinds),
    ...renderUpstreamSections(kinds),
  ].join('\n\n')}\n`;
}

function renderKeys(mapping: JsonSchema): string {
  const rows = Object.entries(mapping.properties ?? {}).map(([key, schema]) => renderRow(key, schema, mapping));
  return renderTable(['Key', 'Type', 'Default', 'Meaning'], rows);
}

function renderRow(key: string, schema: JsonSchema, parent: JsonSchema): [string, string, string, string] {
  const isRequired = parent.required?.includes(key) ?? false;
  return [`\`${key}\``, nameType(schema), isRequired ? '**required**' : showDefault(schema), schema.description ?? ''];
}

function showDefault({ default: fallback }: JsonSchema): string {
  const isNothing = fallback === undefined || JSON.stringify(fallback) === '{}';
  if (isNothing) return '';
  return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback).replaceAll(',', ', ')}\``;
}

/** One table for each mapping below: `server`, `auth.jwt`, `endpoints[]`, `entities.*`. */
function renderSections({ properties = {} }: JsonSchema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => renderSection(schema, `${prefix}${key}`));
}

function renderSection(schema: JsonSchema, path: string): string[] {
  if (schema.items !== undefined) return renderSection(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') return renderSection(schema.additionalProperties, `${path}.*`);
  if (schema.anyOf !== undefined) return renderForms(schema.anyOf, path);
  if (schema.properties === undefined) return [];
  const about = schema.description === undefined ? [] : [`${schema.description}.`];
  return [`### \`${path}\``, ...about, renderKeys(schema), ...renderSections(schema, `${path}.`)];
}

/** The mappings that a value may be, under one heading; a list of the same mapping is not shown again. */
function renderForms(options: readonly JsonSchema[], path: string): string[] {
  const own = options.filter(({ items }) => !options.some((other) => isDeepStrictEqual(other, items)));
  const [first = [], ...others] = own.map((option) => renderSection(option, path)).filter(({ length }) => length > 0);
  return [...first, ...others.flatMap(([, ...body]) => ['or', ...body])];
}

/** A row for each key, with the kinds that have it in this form. */
function renderUpstreamKeys(kinds: readonly JsonSchema[]): string {
  const rows = new Map<string, { readonly cells: readonly string[]; readonly kinds: string[] }>();
  for (const kind of kinds) {
    for (const [key, schema] of Object.entries(kind.properties ?? {})) {
      const cells = renderRow(key, schema, kind);
      const row = rows.get(cells.join('\n')) ?? { cells, kinds: [] };
      row.kinds.push(String(kind.properties?.kind?.const));
      rows.set(cells.join('\n'), row);
    }
  }
  const order = kinds.flatMap((kind) => Object.keys(kind.properties ?? {}));
  const sorted = [...rows.values()].sort((a, b) => order.indexOf(keyOf(a.cells)) - order.indexOf(keyOf(b.cells)));
  return renderTable(
    ['Key', 'Kinds', 'Type', 'Default', 'Meaning'],
    sorted.map(({ cells: [key = '', ...others], kinds: owners }) => {
      return [key, owners.length === kinds.length ? 'all' : owners.join(', '), ...others];
    }),
  );
}

function keyOf([key = '']: readonly string[]): string {
  return key.replaceAll('`', '');
}

function renderUpstreamSections(kinds: readonly JsonSchema[]): string[] {
  const merged = Object.assign({}, ...kinds.map(({ properties }) => properties)) as JsonSchema['properties'];
  return merged === undefined ? [] : renderSections({ properties: merged }, '');
}
