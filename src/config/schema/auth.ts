import * as z from 'zod';
import { path } from './path.ts';
import { duration, section } from './section.ts';

const jwt = section({
  issuer: z.string().min(1).describe('Required `iss`'),
  audience: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('Accepted `aud`, one or several; default: any'),
  jwks: path('file-or-url', 'URL or file of the JSON Web Key Set (RFC 7517)'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256', 'EdDSA'])
    .describe('Accepted signature algorithms (RFC 7518)'),
  clock_skew: duration('Tolerance for `exp` and `nbf`').prefault('5s'),
});

/** `auth:` of gateway.yaml. */
export const auth = section({ jwt: jwt.optional().describe('Bearer tokens; default: none is accepted') });
