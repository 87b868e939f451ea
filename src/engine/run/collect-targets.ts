import type { Requirements } from '../compile/compile-representation.ts';
import type { EntityList } from '../compile/step.ts';
import { getOwn, type JsonObject } from '../own.ts';
import { Failure, unusableAnswer } from './failure.ts';
import { failKeys } from './place-errors.ts';
import type { Run } from './run.ts';

/** The objects that a selection means, and their representations. */
export interface Collected {
  readonly objects: readonly JsonObject[];
  /** By object, the index of its representation. */
  readonly indexes: readonly number[];
  /** Objects before this index stand at the selection's first path. */
  readonly firstPathCount: number;
  readonly representationCount: number;
  /** The representations as members of a JSON list, each once. */
  readonly text: string;
}

/** The entities of one list of representations. */
export interface Targets extends Collected {
  readonly list: EntityList;
}

/** Finds what a list is about. Where several fetches of a stage are about the same, it is found once. */
export function collectTargets(list: EntityList, run: Run): Targets {
  const { selection } = list;
  // Failures are passed on for each list by itself.
  if (!selection.isShared || run.hasFailures) return { list, ...collect(list, run) };
  const known = run.collected?.get(selection);
  if (known !== undefined) return { list, ...known };
  const collected = collect(list, run);
  run.collected ??= new Map();
  run.collected.set(selection, collected);
  return { list, ...collected };
}

function collect(list: EntityList, run: Run): Collected {
  const { paths, representation } = list.selection;
  const objects: JsonObject[] = [];
  const indexes: number[] = [];
  const known = new KnownRepresentations();
  let firstPathCount = 0;
  for (let at = 0; at < paths.length; at++) {
    const found: JsonObject[] = [];
    paths[at]?.collect(run.data, found);
    for (let next = 0; next < found.length; next++) {
      const object = found[next] as JsonObject;
      const requirements = representation.requirementsOf(object);
      if (requirements === undefined) continue;
      const index = known.indexOf(requirements, object);
      if (index === -1) {
        failUnrepresented(list, requirements, object, run);
        continue;
      }
      objects.push(object);
      indexes.push(index);
    }
    if (at === 0) firstPathCount = objects.length;
  }
  return { objects, indexes, firstPathCount, representationCount: known.count, text: known.text };
}

/** Representations by what tells them apart: the sole key's value where there is one, otherwise their text. */
class KnownRepresentations {
  count = 0;
  text = '';
  #byText: Map<string, number> | undefined;
  #byKey: Map<unknown, number> | undefined;
  /** Whose keys are in `#byKey`; entities of another type are told apart by text. */
  #keyed: Requirements | undefined;

  /** @returns -1: the entity has no representation. */
  indexOf(requirements: Requirements, entity: JsonObject): number {
    if (this.#keyed === undefined && requirements.soleKey !== undefined) {
      this.#keyed = requirements;
      this.#byKey = new Map();
    }
    if (requirements !== this.#keyed || this.#byKey === undefined) return this.#indexOfText(requirements.write(entity));
    const key = getOwn(entity, requirements.soleKey as string);
    if (typeof key !== 'string' && typeof key !== 'number') return this.#indexOfText(requirements.write(entity));
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const text = requirements.write(entity);
    if (text === undefined) return -1;
    this.#byKey.set(key, this.count);
    return this.#add(text);
  }

  #indexOfText(text: string | undefined): number {
    if (text === undefined) return -1;
    this.#byText ??= new Map();
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.count);
    return this.#add(text);
  }

  #add(text: string): number {
    this.text += this.count === 0 ? text : `,${text}`;
    this.count += 1;
    return this.count - 1;
  }
}

/** What depends on a failed field fails as it did; what depends on one that no answer has, as if that had failed. */
function failUnrepresented(list: EntityList, requirements: Requirements, object: JsonObject, run: Run): void {
  const lacking = requirements.findLacking(object);
  if (lacking === undefined || (!(lacking instanceof Failure) && run.missing?.has(object))) return;
  run.hasFailures = true;
  const error = lacking instanceof Failure ? lacking.error : unusableAnswer(lacking);
  failKeys(object, list.answerKeys, typenameOf(object), [], error);
}

export function typenameOf(object: JsonObject): string | undefined {
  return typeof object.__typename === 'string' ? object.__typename : undefined;
}
