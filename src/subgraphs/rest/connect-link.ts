import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
import { SPEC_VERSIONS, type SpecVersion } from '../../mapping/spec-version.ts';
import { argumentOf, fieldOf, stringOf } from './directive-values.ts';
import type { ProblemList } from './problem-list.ts';

/** How a document links the connect specification. */
export interface ConnectLink {
  readonly version: SpecVersion;
  /** The name of `@source` in the document, without `@`. */
  readonly source: string;
  /** The name of `@connect` in the document. */
  readonly connect: string;
  /** What the specification's types are prefixed with, such as `connect__`. */
  readonly prefix: string;
}

const URL_PATTERN = /^https:\/\/specs\.apollo\.dev\/connect\/v(\d+\.\d+)$/;
const ADVICE = `extend schema @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@source", "@connect"])`;

/** Reads the `@link` of the connect specification; the absence or an unknown version of it is a problem. */
export function readConnectLink(document: DocumentNode, problems: ProblemList): ConnectLink | undefined {
  const link = schemaDirectives(document).find(isConnectLink);
  if (link === undefined) {
    problems.addAt({ line: 1, column: 1 }, 'The schema does not link the connect specification', `Add ${ADVICE}`);
    return undefined;
  }
  const version = URL_PATTERN.exec(stringOf(argumentOf(link, 'url')) ?? '')?.[1];
  const known = SPEC_VERSIONS.find((candidate) => candidate === version);
  if (known === undefined) {
    const versions = SPEC_VERSIONS.map((candidate) => `v${candidate}`).join(', ');
    problems.add(link, `The connect specification v${version} is not known`, `Link one of ${versions}`);
    return undefined;
  }
  const prefix = `${stringOf(argumentOf(link, 'as')) ?? 'connect'}__`;
  const imports = readImports(argumentOf(link, 'import'));
  return {
    version: known,
    source: imports.get('@source') ?? `${prefix}source`,
    // The directive named like its specification needs no prefix (link v1.0).
    connect: imports.get('@connect') ?? prefix.slice(0, -2),
    prefix,
  };
}

export function isConnectLink(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'link' && URL_PATTERN.test(stringOf(argumentOf(directive, 'url')) ?? '');
}

export function schemaDirectives(document: DocumentNode): ConstDirectiveNode[] {
  return document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? [...(node.directives ?? [])] : [],
  );
}

/** Imported names, each with the name that the document gives it, without `@`. */
function readImports(value: ConstValueNode | undefined): Map<string, string> {
  const imports = new Map<string, string>();
  for (const item of value?.kind === Kind.LIST ? value.values : []) {
    const name = item.kind === Kind.STRING ? item.value : stringOf(fieldOf(item, 'name')?.value);
    const as = stringOf(fieldOf(item, 'as')?.value) ?? name;
    if (name !== undefined && as !== undefined) imports.set(name, as.replace(/^@/, ''));
  }
  return imports;
}
