import * as z from 'zod';
import { addressRange } from './address-range.ts';
import { duration, section } from './section.ts';

/** `server:` of gateway.yaml. */
export const server = section({
  host: z.string().default('127.0.0.1').describe('Address to listen on'),
  port: z.number().int().min(0).max(65_535).default(4000).describe('Port to listen on; 0: any free port'),
  trusted_proxies: z
    .array(addressRange())
    .default([])
    .describe('Addresses and CIDR ranges whose forwarding and trace headers are believed'),
  headers_timeout: duration("Longest wait for the end of a request's headers").prefault('10s'),
  request_timeout: duration("Longest time from a request's headers to the end of the answer").prefault('30s'),
  shutdown_delay: duration('How long readiness fails before the listener closes').prefault('0s'),
  shutdown_grace: duration('How long requests in flight may go on after that').prefault('10s'),
});
