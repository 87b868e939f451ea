import {
  type ConstDirectiveNode,
  type ConstObjectFieldNode,
  type ConstObjectValueNode,
  type ConstValueNode,
  Kind,
  type StringValueNode,
} from 'graphql';
import { isAtLeast, type SpecVersion } from '../../mapping/spec-version.ts';
import { suggestName } from '../suggest-name.ts';
import type { ProblemList } from './problem-list.ts';

export function argumentOf(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

export function fieldOf(value: ConstValueNode | undefined, name: string): ConstObjectFieldNode | undefined {
  return value?.kind === Kind.OBJECT ? value.fields.find((field) => field.name.value === name) : undefined;
}

export function stringOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** The names that a directive or an object of it may have, each with the version of the specification that brought it. */
export type KnownNames = Readonly<Record<string, SpecVersion>>;

/** Tells unknown names and names of a later version. */
export function checkNames(
  node: ConstDirectiveNode | ConstObjectValueNode,
  known: KnownNames,
  where: string,
  version: SpecVersion,
  problems: ProblemList,
): void {
  for (const entry of (node.kind === Kind.DIRECTIVE ? node.arguments : node.fields) ?? []) {
    const name = entry.name.value;
    const since = Object.hasOwn(known, name) ? known[name] : undefined;
    if (since === undefined) {
      problems.add(entry, `${where} has no "${name}"`, suggestName(name, Object.keys(known)));
    } else if (!isAtLeast(version, since)) {
      problems.add(
        entry,
        `"${name}" of ${where} needs connect v${since}, the schema links v${version}`,
        `Link connect v${since}`,
      );
    }
  }
}

/** The string under a name; another kind of value is a problem, and so is its absence where it is required. */
export function readString(
  value: ConstValueNode | undefined,
  where: string,
  problems: ProblemList,
): StringValueNode | undefined {
  if (value === undefined || value.kind === Kind.NULL) return undefined;
  if (value.kind === Kind.STRING) return value;
  problems.add(value, `${where} is no string`, 'Write it as "…" or """…"""');
  return undefined;
}

export function readObject(
  value: ConstValueNode | undefined,
  where: string,
  problems: ProblemList,
): ConstObjectValueNode | undefined {
  if (value === undefined || value.kind === Kind.NULL) return undefined;
  if (value.kind === Kind.OBJECT) return value;
  problems.add(value, `${where} is no object`, 'Write it as { name: value }');
  return undefined;
}
