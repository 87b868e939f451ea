import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { findField } from './field-lines.ts';
import type { RouteAnswer } from './route-exchange.ts';

/**
 * Writes an answer to the client at the client's pace. Resolves when it is out.
 * @throws what ended the body before its end; the head is out then.
 */
export async function writeAnswer(
  response: ServerResponse,
  { status, headers, body, trailers }: RouteAnswer,
): Promise<void> {
  for (let at = 0; at < headers.length; at += 2)
    response.appendHeader(headers[at] as string, headers[at + 1] as string);
  response.writeHead(status);
  if (!(body instanceof Readable)) {
    response.end(body ?? undefined);
    return;
  }
  if (trailers === undefined || findField(headers, 'content-length') !== undefined) body.pipe(response);
  else {
    body.pipe(response, { end: false });
    body.once('end', () => {
      const lines = trailers();
      const pairs: [string, string][] = [];
      for (let at = 0; at < lines.length; at += 2) pairs.push([lines[at] as string, lines[at + 1] as string]);
      if (pairs.length > 0) response.addTrailers(pairs);
      response.end();
    });
  }
  await finished(body, { writable: false });
}
