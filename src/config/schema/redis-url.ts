import * as z from 'zod';

/** The URL of a Redis server, with or without TLS. */
export function redisUrl(description: string) {
  return z
    .url({ protocol: /^rediss?$/, error: 'Expected a URL that starts with redis:// or rediss://' })
    .describe(description);
}
