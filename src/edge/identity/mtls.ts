import type { Identity } from '../request-context.ts';
import { type CertificateSource, compileCertificateSource, type ReadCertificate } from './client-certificate.ts';
import type { ClientCertificate, Credentials } from './credentials.ts';
import type { Mechanism } from './mechanism.ts';
import { type Outcome, unauthenticated } from './outcome.ts';

/** What becomes the identity's subject; of several, the first that the certificate has. */
export type CertificateSubject = 'spiffe' | 'uri' | 'dns' | 'email' | 'common_name' | 'subject';

/** What clients may do whose subject matches: exactly, or by the beginning where the pattern ends in `*`. */
export interface CertificateGrant {
  readonly match: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly tier?: string;
}

export interface MtlsOptions {
  readonly source: CertificateSource;
  /** Default: SPIFFE id, DNS name, common name. */
  readonly subjects?: readonly CertificateSubject[];
  /** If there are any, a certificate that matches none is refused. The first match wins. */
  readonly grants?: readonly CertificateGrant[];
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const DEFAULT_SUBJECTS: readonly CertificateSubject[] = ['spiffe', 'dns', 'common_name'];

/** Clients that are known by their TLS certificate. The listener, or the trusted proxy, has verified its chain. */
export class MtlsMechanism implements Mechanism {
  readonly kind = 'mtls';
  readonly challenge = '';
  readonly #read: ReadCertificate;
  readonly #subjects: readonly CertificateSubject[];
  readonly #grants: readonly CertificateGrant[];
  readonly #now: () => number;

  constructor(options: MtlsOptions) {
    this.#read = compileCertificateSource(options.source);
    this.#subjects = options.subjects ?? DEFAULT_SUBJECTS;
    this.#grants = options.grants ?? [];
    this.#now = options.now ?? Date.now;
  }

  identify(credentials: Credentials): Outcome {
    const certificate = this.#read(credentials);
    if (certificate === undefined) return null;
    if (this.#now() >= certificate.notAfterMs) return refuse('The client certificate has expired');
    const subject = this.#subjectOf(certificate);
    if (subject === undefined) return refuse('The client certificate names no subject');
    const grant = this.#grants.find(({ match }) => isMatch(match, subject));
    if (grant === undefined && this.#grants.length > 0) return refuse('The client certificate is not known');
    return toIdentity(subject, certificate, grant);
  }

  async close(): Promise<void> {}

  #subjectOf(certificate: ClientCertificate): string | undefined {
    for (const kind of this.#subjects) {
      const subject = readSubject(certificate, kind);
      if (subject !== undefined && subject !== '') return subject;
    }
    return undefined;
  }
}

function readSubject({ subject, alternativeNames }: ClientCertificate, kind: CertificateSubject): string | undefined {
  if (kind === 'subject') return subject;
  if (kind === 'common_name') return /(?:^|[,/\n])CN=((?:[^,\\]|\\.)+)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1');
  // SPIFFE X.509-SVID §2: exactly one URI name; with more, none of them is the identity.
  const prefix = { spiffe: 'URI:', uri: 'URI:', dns: 'DNS:', email: 'email:' }[kind];
  const names = alternativeNames.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  if (kind !== 'spiffe') return names[0];
  return names.length === 1 && names[0]?.startsWith('spiffe://') ? names[0] : undefined;
}

function isMatch(pattern: string, subject: string): boolean {
  return pattern.endsWith('*') ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern;
}

function toIdentity(subject: string, certificate: ClientCertificate, grant: CertificateGrant | undefined): Identity {
  const { notAfterMs, fingerprint256, alternativeNames, serialNumber } = certificate;
  return {
    subject,
    kind: 'mtls',
    scopes: grant?.scopes ?? [],
    roles: grant?.roles ?? [],
    // RFC 8705 §3.1 names the thumbprint so, in base64url.
    claims: {
      subject_dn: certificate.subject,
      subject_alternative_names: alternativeNames,
      cnf: { 'x5t#S256': Buffer.from(fingerprint256, 'hex').toString('base64url') },
      ...(Number.isFinite(notAfterMs) ? { exp: Math.floor(notAfterMs / 1000) } : {}),
    },
    ...(grant?.tier === undefined ? {} : { tier: grant.tier }),
    credentialId: serialNumber === '' ? fingerprint256 : serialNumber,
    ...(Number.isFinite(notAfterMs) ? { expiresAtMs: notAfterMs } : {}),
  };
}

function refuse(description: string): Outcome {
  return unauthenticated(description, { scheme: 'Bearer', error: 'invalid_token', description });
}
