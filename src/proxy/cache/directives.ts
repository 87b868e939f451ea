/** The directives of `Cache-Control` by their names in lower case; `true`: without an argument (RFC 9111 §5.2). */
export type Directives = ReadonlyMap<string, string | true>;

const NONE: Directives = new Map();

/** Seconds that stand for "for ever" (RFC 9111 §1.2.2). */
const MOST_SECONDS = 2_147_483_648;

/**
 * Reads the lines of the field as one list. Arguments may be quoted; commas within quotes separate nothing. Where a directive comes
 * twice with unlike arguments it has an invalid one (RFC 9111 §4.2.1).
 */
export function readDirectives(value: string | undefined): Directives {
  if (value === undefined || value === '') return NONE;
  const directives = new Map<string, string | true>();
  for (const part of splitList(value)) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name === '') continue;
    const argument = equals === -1 ? true : unquote(part.slice(equals + 1).trim());
    const known = directives.get(name);
    directives.set(name, known === undefined || known === argument ? argument : INVALID);
  }
  return directives;
}

const INVALID = 'invalid';

/**
 * An argument that counts seconds. `undefined`: the directive is not there. What is no such number is 0: what says badly how long it is
 * fresh is stale (RFC 9111 §4.2.1).
 */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const argument = directives.get(name);
  if (argument === undefined) return undefined;
  return argument !== true && /^\d+$/.test(argument) ? Math.min(Number(argument), MOST_SECONDS) : 0;
}

/** The members of a list (RFC 9110 §5.6.1) in which texts may be quoted (§5.6.4). */
export function splitList(value: string): string[] {
  if (!value.includes('"')) return value.split(',');
  const members: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (isQuoted && character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      members.push(value.slice(from, at));
      from = at + 1;
    }
  }
  members.push(value.slice(from));
  return members;
}

function unquote(argument: string): string {
  if (argument.length < 2 || !argument.startsWith('"') || !argument.endsWith('"')) return argument;
  return argument.slice(1, -1).replace(/\\(.)/g, '$1');
}
