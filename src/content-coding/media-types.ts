/** Whether bodies of a media type are to be encoded. @param contentType The whole field, parameters too. */
export type MatchesType = (contentType: string) => boolean;

/** Messages in these come one by one, and have lengths of their own. */
const NEVER = /^(?:text\/event-stream|application\/grpc(?:[+-].*)?)$/;

/** @param patterns `type/subtype`, `type/*`, or `*+suffix` (RFC 6839), in lower case. */
export function compileMediaTypes(patterns: readonly string[]): MatchesType {
  const types = new Set(patterns);
  return (contentType) => {
    const end = contentType.indexOf(';');
    const type = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
    if (NEVER.test(type)) return false;
    if (types.has(type) || types.has(`${type.slice(0, type.indexOf('/'))}/*`)) return true;
    const suffix = type.lastIndexOf('+');
    return suffix !== -1 && types.has(`*${type.slice(suffix)}`);
  };
}
