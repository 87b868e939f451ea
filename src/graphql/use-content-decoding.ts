import { GraphQLError } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import type { OperationLimitsDefinition } from '../config/schema/operation-limits.ts';
import { DECODED_CODINGS, type DecodeFailure, decodeBody } from '../content-coding/decode-body.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { Plugin } from './context.ts';
import { compileLimit, type OnLimitEvent, refuse } from './limits/operation-limit.ts';

/** What a body may decode to where no limit of requests is enforced, bytes: few bytes can become very many. */
const MAX_UNLIMITED_BYTES = 64 * 1024 * 1024;

/** Decodes bodies of requests that have a content coding. The limit of bodies holds for what comes, and for what comes out. */
export function useContentDecoding({ bodySize }: OperationLimitsDefinition, onEvent: OnLimitEvent): Plugin {
  const { mode } = bodySize;
  const max = mode === 'enforce' ? bodySize.maxBytes : Math.max(bodySize.maxBytes, MAX_UNLIMITED_BYTES);
  const judge = compileLimit('body_size', { mode, max: bodySize.maxBytes }, onEvent);
  return {
    onRequestParse({ request, requestParser: parse, setRequestParser, fetchAPI }) {
      const codings = request.headers.get('content-encoding');
      if (codings === null || parse === undefined || request.body === null) return;
      setRequestParser(async (encoded) => {
        // Yoga counts what comes while it is read.
        const body = Buffer.from(await encoded.arrayBuffer());
        const decoded = await decodeBody(body, codings, max);
        if (decoded === 'too_large') {
          if (mode !== 'off') onEvent({ limit: 'body_size', mode, value: max + 1, max });
          throw refuse('body_size', undefined, max);
        }
        if (typeof decoded === 'string') throw refusalOf(decoded);
        judge(decoded.length);
        return parse(withBody(encoded, decoded, fetchAPI));
      });
    },
  };
}

function withBody(request: Request, body: Buffer, fetchAPI: FetchAPI): Request {
  const headers = new fetchAPI.Headers(request.headers);
  headers.delete('content-encoding');
  headers.set('content-length', String(body.length));
  const { url, method, signal } = request;
  return new fetchAPI.Request(url, { method, headers, signal, body: body as Uint8Array<ArrayBuffer> });
}

function refusalOf(failure: Exclude<DecodeFailure, 'too_large'>): GraphQLError {
  if (failure === 'malformed') return refusal('MALFORMED_BODY', 'The body is not in its content coding', {});
  const message = `The content codings that are read are ${DECODED_CODINGS}`;
  // RFC 9110 §15.5.16.
  return refusal('UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': DECODED_CODINGS });
}

function refusal(code: ErrorCode, message: string, headers: Readonly<Record<string, string>>): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: ERRORS[code].status, headers } } });
}
