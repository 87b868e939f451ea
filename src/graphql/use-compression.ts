import type { Coding } from '../content-coding/coding.ts';
import { type Compressor, forbidsTransform } from '../content-coding/compressor.ts';
import { widenVary } from '../content-coding/vary.ts';
import type { Plugin, ServerContext } from './context.ts';

/**
 * Gives answers that are whole the content coding that their clients like best. Those that come in parts (`multipart/mixed`, events) have none,
 * so that each part is out at once. Must be the last plugin: what it has encoded no other can read.
 */
export function useCompression(compressor: Compressor): Plugin {
  const encodePage = compilePages(compressor);
  return {
    onResponse({ request, response, setResponse, serverContext, fetchAPI }) {
      const { headers } = response;
      // A plugin's own word on what its answer depends on takes the place of the gateway's.
      const vary = headers.get('vary');
      if (vary !== null) headers.set('vary', widenVary(vary, 'accept-encoding') ?? vary);
      const accepted = compressor.accept((serverContext as unknown as ServerContext).weir.headers);
      const { coding } = accepted;
      if (coding === undefined || request.method === 'HEAD') return undefined;
      // Only what is whole has a length.
      const length = Number(headers.get('content-length') ?? 0);
      if (length < (accepted.refusesIdentity ? 1 : Math.max(compressor.minBytes, 1))) return undefined;
      const contentType = headers.get('content-type');
      if (contentType === null || !compressor.matchesType(contentType)) return undefined;
      if (headers.has('content-encoding') || forbidsTransform(headers.get('cache-control') ?? undefined)) {
        return undefined;
      }
      const { status, statusText } = response;
      return response.text().then(async (text) => {
        const encode = contentType.startsWith('text/html') ? encodePage : encodeText;
        const body = await encode(text, coding);
        headers.set('content-encoding', coding);
        headers.set('content-length', String(body.length));
        setResponse(new fetchAPI.Response(body as Uint8Array<ArrayBuffer>, { status, statusText, headers }));
      });
    },
  };

  function encodeText(text: string, coding: Coding): Buffer | Promise<Buffer> {
    return compressor.encode(Buffer.from(text), coding);
  }
}

/** GraphiQL is the same megabytes for everybody: it is encoded once for each coding. */
function compilePages({ encode }: Compressor): (text: string, coding: Coding) => Buffer | Promise<Buffer> {
  let page = '';
  const encoded = new Map<Coding, Promise<Buffer>>();
  return (text, coding) => {
    if (text !== page) {
      page = text;
      encoded.clear();
    }
    const known = encoded.get(coding) ?? Promise.resolve(encode(Buffer.from(text), coding));
    encoded.set(coding, known);
    return known;
  };
}
