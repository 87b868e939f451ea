/** Versions of the connect spec, oldest first. */
export const SPEC_VERSIONS = ['0.1', '0.2', '0.3', '0.4'] as const;

export type SpecVersion = (typeof SPEC_VERSIONS)[number];

/** The version that first has each syntax. */
export const SYNTAX_SINCE = {
  '?': '0.3',
  '??': '0.3',
  '?!': '0.3',
  '->as': '0.3',
  '...': '0.4',
  '{ key }': '0.4',
} as const satisfies Record<string, SpecVersion>;

export function isAtLeast(version: SpecVersion, wanted: SpecVersion): boolean {
  return SPEC_VERSIONS.indexOf(version) >= SPEC_VERSIONS.indexOf(wanted);
}
