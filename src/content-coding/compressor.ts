import type { Readable } from 'node:stream';
import {
  type CompressionDefinition,
  DEFAULT_LEVELS,
  type RouteCompressionDefinition,
} from '../config/schema/compression.ts';
import type { RequestContext } from '../edge/request-context.ts';
import type { Coding, CodingLevels } from './coding.ts';
import { isCrossSiteWithCookies } from './cross-site.ts';
import { encodeBody } from './encode-body.ts';
import { EncodedBody } from './encoded-body.ts';
import type { EncodedForms } from './encoded-forms.ts';
import { compileMediaTypes, type MatchesType } from './media-types.ts';
import { type AcceptedCoding, negotiateCoding } from './negotiate-coding.ts';

/** A body was encoded. */
export interface EncodedEvent {
  readonly coding: Coding;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type OnEncoded = (event: EncodedEvent) => void;

/** Which answers get a content coding, and which one. */
export interface Compressor {
  /** Smaller bodies stay as they are, unless the client refuses that. */
  readonly minBytes: number;
  readonly matchesType: MatchesType;
  /** What the client of a request takes, and may get. */
  accept(headers: RequestContext['headers']): AcceptedCoding;
  /**
   * @param forms What has been made of the body before; of another body they are passed over.
   * @returns at once for what is small.
   */
  encode(body: Buffer, coding: Coding, forms?: EncodedForms): Buffer | Promise<Buffer>;
  /** Encodes while the source comes; who destroys what it gives destroys the source. */
  encodeStream(source: Readable, coding: Coding): Readable;
}

export type CompressionRules = Omit<CompressionDefinition, 'graphql' | 'routes'>;

const NOTHING: AcceptedCoding = { coding: undefined, refusesIdentity: false };

export function createCompressor(rules: CompressionRules, onEncoded: OnEncoded): Compressor {
  const { codings, minSizeBytes, crossSiteCookies } = rules;
  const levels = levelsOf(DEFAULT_LEVELS, rules.levels);
  return {
    minBytes: minSizeBytes,
    matchesType: compileMediaTypes(rules.types),
    accept(headers) {
      if (!crossSiteCookies && isCrossSiteWithCookies(headers)) return NOTHING;
      // RFC 9110 §7.7, and RFC 9111 §5.2.1.6: clients too may ask that nothing is changed on the way.
      if (forbidsTransform(headers['cache-control'])) return NOTHING;
      return negotiateCoding(headers['accept-encoding'], codings);
    },
    encode(body, coding, forms) {
      const level = levels[coding];
      const tell = (encoded: Buffer) => {
        onEncoded({ coding, bytesIn: body.length, bytesOut: encoded.length });
        return encoded;
      };
      const make = () => {
        const encoded = encodeBody(body, coding, level);
        return Buffer.isBuffer(encoded) ? tell(encoded) : encoded.then(tell);
      };
      return forms?.body === body ? forms.get(`${coding} ${level}`, make) : make();
    },
    encodeStream: (source, coding) =>
      new EncodedBody({
        source,
        coding,
        level: levels[coding],
        onEnd: (bytesIn, bytesOut) => onEncoded({ coding, bytesIn, bytesOut }),
      }),
  };
}

/** @param cacheControl The field's value. */
export function forbidsTransform(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && NO_TRANSFORM.test(cacheControl);
}

const NO_TRANSFORM = /(?:^|,)[ \t]*no-transform[ \t]*(?:,|$)/i;

/** The rules of one route; `undefined`: its answers are not compressed. */
export function rulesOfRoute(
  { routes, graphql: _, ...rules }: CompressionDefinition,
  own: RouteCompressionDefinition | undefined = routes,
): CompressionRules | undefined {
  if (typeof own === 'boolean') return own ? rules : undefined;
  return {
    codings: own.codings ?? rules.codings,
    minSizeBytes: own.minSizeBytes ?? rules.minSizeBytes,
    types: own.types ?? rules.types,
    crossSiteCookies: own.crossSiteCookies ?? rules.crossSiteCookies,
    levels: own.levels === undefined ? rules.levels : levelsOf(rules.levels, own.levels),
  };
}

type Levels = CompressionRules['levels'];

function levelsOf(general: Levels, own: Levels): CodingLevels {
  const levelOf = (coding: Coding) => own[coding] ?? general[coding] ?? DEFAULT_LEVELS[coding];
  return { zstd: levelOf('zstd'), br: levelOf('br'), gzip: levelOf('gzip') };
}
