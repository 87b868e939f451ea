/** What a request offers as proof, as plain data: no HTTP object is held. */
export interface Credentials {
  /** Names in lower case; repeated fields joined. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The query without `?`; read only where the config takes a credential from it. */
  readonly query?: string;
  /** The client's certificate of this TLS connection, already verified against the listener's trust anchors. */
  readonly certificate?: ClientCertificate;
  /** Whether the connection's peer is one of `server.trusted_proxies`: only then are certificate headers believed. */
  readonly fromTrustedProxy?: boolean;
}

/** The facts of a verified client certificate. */
export interface ClientCertificate {
  /** RFC 4514 string, most specific part first: `CN=orders,O=Shop`. */
  readonly subject: string;
  /** Hexadecimal, upper case; `''` where the proxy does not tell. */
  readonly serialNumber: string;
  /** SHA-256 of the DER form, hexadecimal, lower case; `''` where unknown. */
  readonly fingerprint256: string;
  /** `DNS:orders.shop`, `URI:spiffe://shop/orders`, `email:a@b.c`. */
  readonly alternativeNames: readonly string[];
  /** Milliseconds since the epoch; `Infinity` where the proxy does not tell. */
  readonly notAfterMs: number;
}
