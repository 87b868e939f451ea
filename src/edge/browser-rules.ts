import { type BrowsersDefinition, defaultCsrf } from '../config/schema/browsers.ts';
import { type ApplyCors, compileCors } from './cors.ts';
import { compileCsrf } from './csrf.ts';

/** What of a request decides which rule it falls under. Header names in lower case. */
export interface BrowserRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface BrowserDecision {
  /** A preflight: answered with 204 and the headers, and goes no further. */
  readonly isPreflight: boolean;
  /** A request that a page of another site may have sent: 403. */
  readonly isForgery: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

type RuleDefinition = BrowsersDefinition['rules'][number];

interface Rule {
  readonly matches: (request: BrowserRequest) => boolean;
  readonly cors: ApplyCors | undefined;
  readonly csrf: ((request: BrowserRequest) => boolean) | undefined;
}

const NOTHING: BrowserDecision = { isPreflight: false, isForgery: false, headers: {} };

/**
 * @param graphqlPath Guarded against forgeries also where no rule says so.
 * @throws {TypeError} where a rule contradicts itself.
 */
export function compileBrowserRules(
  definition: BrowsersDefinition,
  graphqlPath: string,
): (request: BrowserRequest) => BrowserDecision {
  const rules = definition.rules.map((rule) => compileRule(rule, graphqlPath));
  const graphqlCsrf = compileCsrf(defaultCsrf);
  return (request) => {
    const rule = rules.find(({ matches }) => matches(request));
    const csrf = rule === undefined ? (request.path === graphqlPath ? graphqlCsrf : undefined) : rule.csrf;
    const cors = rule?.cors?.(request);
    const isPreflight = cors?.isPreflight ?? false;
    const isForgery = !isPreflight && csrf !== undefined && csrf(request);
    if (cors === undefined && !isForgery) return NOTHING;
    return { isPreflight, isForgery, headers: cors?.headers ?? NOTHING.headers };
  };
}

function compileRule({ host, path, cors, csrf }: RuleDefinition, graphqlPath: string): Rule {
  const matchesHost = compileHost(host);
  const prefix = path === '/' ? '' : path.replace(/\/$/, '');
  const covers = (candidate: string) =>
    candidate.startsWith(prefix) && (candidate.length === prefix.length || candidate[prefix.length] === '/');
  const isGuarded = csrf === undefined ? covers(graphqlPath) : csrf !== false;
  // Pages that may read answers may also send.
  const origins = cors?.origins.filter((origin) => !origin.includes('*')) ?? [];
  const guard = csrf === undefined || csrf === false ? defaultCsrf : csrf;
  const suspect = compileCsrf({ ...guard, trustedOrigins: [...guard.trustedOrigins, ...origins] });
  // Where only the default guards, it guards GraphQL and not the routes beside it.
  const onlyGraphql = (request: BrowserRequest) => request.path === graphqlPath && suspect(request);
  return {
    matches: (request) => matchesHost(request.headers.host) && covers(request.path),
    cors: cors === undefined ? undefined : compileCors({ ...cors, maxAgeSeconds: Math.floor(cors.maxAgeMs / 1000) }),
    csrf: isGuarded ? (csrf === undefined ? onlyGraphql : suspect) : undefined,
  };
}

function compileHost(pattern: string): (host: string | undefined) => boolean {
  if (pattern === '*') return () => true;
  const name = pattern.toLowerCase();
  const suffix = name.startsWith('*.') ? name.slice(1) : undefined;
  return (host) => {
    const bare = (host ?? '').toLowerCase().replace(/:\d+$/, '');
    return suffix === undefined ? bare === name : bare.endsWith(suffix) && bare.length > suffix.length;
  };
}
