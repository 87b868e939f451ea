import type { Readable } from 'node:stream';

/** A streamed body with fields behind it (RFC 9110 §6.5), which go out where it is sent without a length. */
export interface TrailedBody extends Readable {
  /** Name, value, name, value. Asked for once the body has ended. */
  trailers(): readonly string[];
}

export function hasTrailers(body: unknown): body is TrailedBody {
  return typeof (body as Partial<TrailedBody> | null)?.trailers === 'function';
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5: nothing in a value may end its line. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The trailers that can be sent. */
export function readTrailers(body: TrailedBody): string[] {
  const lines: string[] = [];
  const trailers = body.trailers();
  for (let at = 0; at < trailers.length; at += 2) {
    const [name, value] = [trailers[at] as string, trailers[at + 1] as string];
    if (NAME.test(name) && VALUE.test(value)) lines.push(name, value);
  }
  return lines;
}
