import { foldHeaderName } from '../edge/header-names.ts';
import { WeirError } from '../errors.ts';
import { remember } from '../remember.ts';
import { isHopByHop } from './hop-by-hop.ts';

/** What becomes of a client's field: it goes on, it ends here, or it is refused, since services may read it as another. */
type Verdict = 'pass' | 'drop' | 'refuse';

/** Fields that the gateway says anew: who the client is, how the message is framed, how it is traced. */
const OWN_REQUEST_FIELDS = [
  ...['expect', 'forwarded', 'host', 'traceparent', 'tracestate', 'via', 'x-forwarded-by', 'x-forwarded-for'],
  ...['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-proto', 'x-forwarded-scheme'],
  ...['x-forwarded-server', 'x-forwarded-ssl', 'x-real-ip', 'x-request-id', 'x-client-ip', 'true-client-ip'],
];
/** Fields that pass in their own spelling alone. */
const GUARDED_FIELDS = ['authorization', 'content-length', 'content-type', 'cookie', 'transfer-encoding'];
const OWN_ANSWER_FIELDS = new Set(['traceparent', 'tracestate', 'x-request-id']);

/** Says which fields go on, in both directions. */
export interface FieldFilter {
  /** @param name In lower case. @throws {WeirError} `AMBIGUOUS_HEADER` for another spelling of a field that the gateway vouches for. */
  passesRequest(name: string): boolean;
  /** As a request's field; what would be refused does not pass, since the request is on its way. @param name In lower case. */
  passesTrailer(name: string): boolean;
  /** @param name As the service wrote it. @returns The name in lower case; `false`: the field does not pass. */
  nameInAnswer(name: string): string | false;
}

/**
 * @param internal Names, and begins of names with `*`, that pass in neither direction.
 * @param isManaged Whether the gateway sets the field for upstreams, in any spelling.
 */
export function compileFieldFilter(internal: readonly string[], isManaged: (name: string) => boolean): FieldFilter {
  const isInternal = compileNames(internal);
  const own = new Set(OWN_REQUEST_FIELDS);
  const vouchedFor = new Set([...own, ...GUARDED_FIELDS].map(foldHeaderName));
  const ofRequest = remember((name): Verdict => {
    if (own.has(name) || isHopByHop(name) || name.startsWith(':')) return 'drop';
    const folded = foldHeaderName(name);
    if (folded !== name && (vouchedFor.has(folded) || isHopByHop(folded))) return 'refuse';
    return isInternal(folded) || isManaged(name) ? 'drop' : 'pass';
  });
  const ofAnswer = remember((written): string | false => {
    const name = written.toLowerCase();
    const isDropped = isHopByHop(name) || OWN_ANSWER_FIELDS.has(name) || isInternal(foldHeaderName(name));
    return !isDropped && !name.startsWith(':') && name;
  });
  return {
    passesRequest(name) {
      const verdict = ofRequest(name);
      if (verdict === 'refuse') throw new WeirError('AMBIGUOUS_HEADER', `The header "${name}" may be read as another`);
      return verdict === 'pass';
    },
    passesTrailer: (name) => ofRequest(name) === 'pass',
    nameInAnswer: ofAnswer,
  };
}

function compileNames(patterns: readonly string[]): (folded: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')).map(foldHeaderName));
  const begins = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => foldHeaderName(pattern.slice(0, -1)));
  return (folded) => exact.has(folded) || begins.some((begin) => folded.startsWith(begin));
}
