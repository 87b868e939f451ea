import * as arithmetic from './arithmetic.ts';
import * as iteration from './iteration.ts';
import * as logic from './logic.ts';
import type { Method } from './method.ts';
import * as object from './object.ts';
import * as sequence from './sequence.ts';
import * as text from './text.ts';

/** Every method by its name in the language; `->as`, which names a value for the rest of its path, is the compiler's. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    echo: iteration.echo,
    map: iteration.map,
    filter: iteration.filter,
    find: iteration.find,
    match: iteration.match,
    matchIf: iteration.matchIf,
    first: sequence.first,
    last: sequence.last,
    slice: sequence.slice,
    size: sequence.size,
    get: sequence.get,
    joinNotNull: sequence.joinNotNull,
    contains: sequence.contains,
    in: sequence.isIn,
    entries: object.entries,
    keys: object.keys,
    values: object.values,
    has: object.has,
    typeof: object.typeOf,
    not: logic.not,
    and: logic.and,
    or: logic.or,
    eq: logic.eq,
    ne: logic.ne,
    gt: logic.gt,
    gte: logic.gte,
    lt: logic.lt,
    lte: logic.lte,
    add: arithmetic.add,
    sub: arithmetic.sub,
    mul: arithmetic.mul,
    div: arithmetic.div,
    mod: arithmetic.mod,
    toString: text.toText,
    parseInt: text.parseInteger,
    split: text.split,
    trim: text.trim,
    trimStart: text.trimStart,
    trimEnd: text.trimEnd,
    jsonStringify: text.jsonStringify,
    jsonParse: text.jsonParse,
  }),
);
