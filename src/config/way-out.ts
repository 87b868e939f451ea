import type * as z from 'zod';
import { findNearest } from '../nearest.ts';
import { describeWanted } from './narrow.ts';
import type { Place } from './place.ts';
import { locate, membersOf, peel } from './schema/peel.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Says how to put an error right, from what the schema knows of its place. */
export class WayOut {
  readonly #schema: z.core.$ZodType;
  readonly #data: unknown;

  constructor(schema: z.core.$ZodType, data: unknown) {
    this.#schema = schema;
    this.#data = data;
  }

  ofUnknownKey(path: Path, key: string): string {
    const known = this.#keysAt(path, key);
    const nearest = findNearest(key, known) ?? this.#findElsewhere(key);
    if (nearest !== undefined) return `Did you mean "${nearest}"?`;
    const owners = path.length === 0 ? this.#kindsWith(key) : [];
    if (owners.length > 0) return `Remove it; only kind ${owners.join(' and ')} has this key`;
    return `Remove it, or use one of: ${known.join(', ')}`;
  }

  ofMissingKey(issue: Issue): string {
    const wanted = describeWanted(issue).replace(/^must be /, '');
    return `Add \`${String(issue.path.at(-1))}:\` with ${wanted}. ${this.describe(issue.path)}`.trim();
  }

  ofValue(issue: Issue, place: Place): string {
    if (place.written === 'nothing') return `Give it a value, or remove the key. ${this.describe(issue.path)}`.trim();
    const fix = place.isSecret ? undefined : (this.#nearestChoice(issue, place) ?? this.#rewrite(issue, place));
    return fix ?? `${this.#change(issue.path)} ${this.describe(issue.path)}`.trim();
  }

  /** What the documentation says of the key, or of the innermost one around it that it speaks of. */
  describe(path: Path): string {
    const [found] = locate(this.#schema, this.#data, path).map(({ schema }) => peel(schema));
    if (found?.description !== undefined) return `${String(path.at(-1))}: ${found.description}.`;
    return path.length === 0 ? '' : this.describe(path.slice(0, -1));
  }

  #change(path: Path): string {
    if (path.length === 0) return 'Write a mapping: lines of `key: value`.';
    const [found] = locate(this.#schema, this.#data, path).map(({ schema }) => ({ schema, ...peel(schema) }));
    const { fallback } = found ?? {};
    if (fallback !== undefined && typeof fallback !== 'object') {
      return `Change it, or remove the key for the default ${String(fallback)}.`;
    }
    return found?.schema._zod.optin === 'optional' ? 'Change it, or remove the key.' : 'Change it.';
  }

  #nearestChoice(issue: Issue, place: Place): string | undefined {
    const choices =
      issue.code === 'invalid_value' ? issue.values : issue.code === 'invalid_union' ? (choicesOf(issue) ?? []) : [];
    const texts = choices.filter((choice) => typeof choice === 'string');
    const nearest = findNearest(place.written.replaceAll('"', ''), texts);
    return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
  }

  /** The same value in the form that is wanted. */
  #rewrite(issue: Issue, { written }: Place): string | undefined {
    const key = issue.path.at(-1);
    const show = (value: string) => (typeof key === 'string' ? `Write \`${key}: ${value}\`` : `Write \`${value}\``);
    const authority = /^"([\w.-]+:\d+(?:\/[^"]*)?)"$/.exec(written)?.[1];
    if (authority !== undefined && issue.message.includes('http://')) return show(`http://${authority}`);
    if (issue.code !== 'invalid_type') return undefined;
    const unquoted = /^"([-+.\d]+|true|false)"$/.exec(written)?.[1];
    const isNumber = /^[-+.\d]+$/.test(written);
    const [unit] = locate(this.#schema, this.#data, issue.path).map(({ schema }) => peel(schema).facts.unit);
    if (isNumber && unit === 'Ms') return `Add a unit, such as ${written}s or ${written}ms`;
    if (isNumber && unit === 'Bytes') return `Add a unit, such as ${written}KiB or ${written}MiB`;
    if (issue.expected === 'string' && (isNumber || /^(true|false)$/.test(written))) return show(`"${written}"`);
    if (issue.expected === 'boolean' && unquoted?.match(/true|false/)) return show(unquoted);
    if (issue.expected === 'boolean' && /^"(yes|on)"$/i.test(written)) return show('true');
    if (issue.expected === 'boolean' && /^"(no|off)"$/i.test(written)) return show('false');
    if (issue.expected === 'number' && unquoted !== undefined && !Number.isNaN(Number(unquoted))) return show(unquoted);
    if (issue.expected === 'array' && written !== 'a mapping') return show(`[${written}]`);
    return undefined;
  }

  /** Keys of the mapping at `path`; where a union leaves it open, of the options that do not know `except`. */
  #keysAt(path: Path, except?: string): string[] {
    const shapes = locate(this.#schema, this.#data, path).flatMap(({ schema, value }) =>
      membersOf(schema, value).flatMap(({ _zod: { def } }) => (def.type === 'object' ? [Object.keys(def.shape)] : [])),
    );
    const keys = shapes.filter((shape) => except === undefined || !shape.includes(except)).flat();
    return [...new Set(keys)].filter((key) => key !== '$schema');
  }

  /** The same key in one of the top sections. */
  #findElsewhere(key: string): string | undefined {
    const section = this.#keysAt([]).find((one) => this.#keysAt([one]).includes(key));
    return section === undefined ? undefined : `${section}.${key}`;
  }

  /** The kinds of upstream that have the key. */
  #kindsWith(key: string): string[] {
    const { def } = peel(this.#schema).core._zod;
    if (def.type !== 'union') return [];
    const owners = def.options.filter((option) => {
      const inner = peel(option).core._zod.def;
      return inner.type === 'object' && Object.hasOwn(inner.shape, key);
    });
    return owners.flatMap((option) => [...(option._zod.propValues?.kind ?? [])].map((kind) => `"${String(kind)}"`));
  }
}

function choicesOf(issue: z.core.$ZodIssueInvalidUnion): readonly unknown[] | undefined {
  return 'options' in issue ? issue.options : undefined;
}
