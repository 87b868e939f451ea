import type { ProxyDefinition } from '../config/schema/proxy.ts';
import type { CompiledEdge } from '../edge/create-edge.ts';
import type { RequestHead } from '../edge/edge.ts';
import { remember } from '../remember.ts';
import type { FieldLines } from './field-lines.ts';
import type { RouteExchange } from './route-exchange.ts';

/** Tells the upstream of the client, in the forms that the config wants. */
export type AddForwardingFields = (lines: FieldLines, exchange: RouteExchange) => void;

/**
 * Every form says the same, made anew from what the gateway itself knows: nothing that a client sent is added to. A trusted proxy is
 * believed in what the client asked for.
 */
export function compileForwardingFields(
  forms: ProxyDefinition['forwarded'],
  edge: Pick<CompiledEdge, 'trusts' | 'isTls'>,
): AddForwardingFields {
  const [forwarded, xForwarded, xRealIp] = (['forwarded', 'x_forwarded', 'x_real_ip'] as const).map((form) =>
    forms.includes(form),
  );
  return (lines, { scope }) => {
    const { head, clientAddress } = scope;
    const { proto, host } = readOrigin(head, edge);
    const { parameter, port } = describeHost(host);
    if (forwarded) {
      const client = clientAddress.includes(':') ? `"[${clientAddress}]"` : clientAddress;
      lines.push('forwarded', `for=${client}${parameter};proto=${proto}`);
    }
    if (xForwarded) {
      lines.push('x-forwarded-for', clientAddress, 'x-forwarded-proto', proto);
      if (host !== '') lines.push('x-forwarded-host', host, 'x-forwarded-port', port ?? DEFAULT_PORTS[proto]);
    }
    if (xRealIp) lines.push('x-real-ip', clientAddress);
  };
}

/** What the client has asked for, as upstreams are told of it. */
export function readOrigin(
  head: RequestHead,
  { trusts, isTls }: Pick<CompiledEdge, 'trusts' | 'isTls'>,
): { readonly proto: 'http' | 'https'; readonly host: string } {
  const told = trusts(head) ? head.headers['x-forwarded-host'] : undefined;
  const host = told !== undefined && HOST.test(told) ? told : (head.headers.host ?? '');
  return { proto: isTls(head) ? 'https' : 'http', host };
}

/** A host and a port, as far as they need no further quoting (RFC 7239 §4). */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;

const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/** What `Forwarded` says of a host, and its port where it names one. */
const describeHost = remember((host) => ({
  parameter: HOST.test(host) ? `;host=${host.includes(':') ? `"${host}"` : host}` : '',
  port: /:(\d{1,5})$/.exec(host)?.[1],
}));
