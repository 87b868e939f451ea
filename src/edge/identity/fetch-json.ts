export interface FetchJsonOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole answer; default 5 seconds. */
  readonly timeoutMs?: number;
}

const MAX_BODY_BYTES = 1 << 20;

/** An answer with a status outside 2xx. */
export class HttpStatusError extends Error {
  readonly status: number;
  /** The body's `error` member (RFC 6749 §5.2), where it has one. */
  readonly oauthError: string | undefined;

  constructor(url: string, status: number, oauthError: string | undefined) {
    super(`"${url}" answered with status ${status}${oauthError === undefined ? '' : ` (${oauthError})`}`);
    this.name = 'HttpStatusError';
    this.status = status;
    this.oauthError = oauthError;
  }
}

/** Fetches JSON of at most 1 MiB from an identity provider. Redirects are refused: the config names the place. */
export async function fetchJson(url: string, options: FetchJsonOptions = {}): Promise<unknown> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 5_000);
  const response = await fetch(url, {
    method: options.method ?? 'GET',
    headers: { accept: 'application/json', ...options.headers },
    ...(options.body === undefined ? {} : { body: options.body }),
    redirect: 'error',
    signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
  });
  const text = await readText(response, url);
  if (!response.ok) throw new HttpStatusError(url, response.status, readOauthError(text));
  return JSON.parse(text);
}

async function readText(response: Response, url: string): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES)
      throw new Error(`Cannot use the answer of "${url}": it is longer than ${MAX_BODY_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function readOauthError(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error.slice(0, 100) : undefined;
  } catch {
    return undefined;
  }
}
