import type { ConstDirectiveNode, DocumentNode } from 'graphql';
import type { Mapping } from '../../mapping/mapping.ts';
import { type ConnectLink, schemaDirectives } from './connect-link.ts';
import { type ConnectorReference, TextCompiler } from './connector-text.ts';
import { argumentOf, checkNames, fieldOf, type KnownNames, readObject, readString } from './directive-values.ts';
import { type HeaderRule, readHeaderRules } from './header-rule.ts';
import type { ProblemList } from './problem-list.ts';
import type { UrlPart } from './request-template.ts';

/** How failed calls are told, of `@source` or `@connect` (connect v0.2). */
export interface OutcomeRules {
  readonly isSuccess: Mapping | undefined;
  readonly message: Mapping | undefined;
  readonly extensions: Mapping | undefined;
}

/** `@source`: what several connectors share. */
export interface Source extends OutcomeRules {
  readonly name: string;
  readonly url: UrlPart;
  readonly headers: readonly HeaderRule[];
  readonly references: readonly ConnectorReference[];
}

const SOURCE_NAMES: KnownNames = { name: '0.1', http: '0.1', errors: '0.2', isSuccess: '0.2' };
const HTTP_NAMES: KnownNames = { baseURL: '0.1', headers: '0.1', path: '0.2', queryParams: '0.2' };
const ERRORS_NAMES: KnownNames = { message: '0.2', extensions: '0.2' };

/**
 * The sources by name.
 * @param keepsBasePath - whether the path of a `baseURL` counts: its origin never does, the upstream's endpoints have that.
 */
export function readSources(
  document: DocumentNode,
  link: ConnectLink,
  keepsBasePath: boolean,
  problems: ProblemList,
): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const directive of schemaDirectives(document).filter(({ name }) => name.value === link.source)) {
    const source = readSource(directive, link, keepsBasePath, problems);
    if (source === undefined) continue;
    if (sources.has(source.name)) {
      problems.add(directive, `There are two sources "${source.name}"`, 'Give each @source its own name');
    }
    sources.set(source.name, source);
  }
  return sources;
}

function readSource(
  directive: ConstDirectiveNode,
  link: ConnectLink,
  keepsBasePath: boolean,
  problems: ProblemList,
): Source | undefined {
  const texts = new TextCompiler(link.version, problems);
  checkNames(directive, SOURCE_NAMES, '@source', link.version, problems);
  const name = readString(argumentOf(directive, 'name'), '"name" of @source', problems)?.value;
  if (name === undefined || name === '') {
    problems.add(directive, '@source has no name', 'Add name: "…"');
    return undefined;
  }
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) {
    const hint = 'Start with a letter, go on with letters, digits, "_" and "-", 64 at most';
    problems.add(argumentOf(directive, 'name'), `"${name}" is no name for a source`, hint);
  }
  const where = `@source "${name}"`;
  const http = readObject(argumentOf(directive, 'http'), `"http" of ${where}`, problems);
  if (http !== undefined) checkNames(http, HTTP_NAMES, `"http" of ${where}`, link.version, problems);
  const baseUrl = fieldOf(http, 'baseURL')?.value;
  if (baseUrl === undefined)
    problems.add(http ?? directive, `${where} has no baseURL`, 'Add http: { baseURL: "https://…" }');
  const template = texts.url(baseUrl, `baseURL of ${where}`);
  if (template !== undefined && template.origin === undefined) {
    problems.add(
      baseUrl,
      `baseURL of ${where} is no http or https URL`,
      'Write a whole URL, such as "https://api.example.com/v1"',
    );
  }
  return {
    name,
    url: {
      template,
      isPathIgnored: !keepsBasePath,
      path: texts.mapping(fieldOf(http, 'path')?.value, `"path" of ${where}`, 'request'),
      queryParams: texts.mapping(fieldOf(http, 'queryParams')?.value, `"queryParams" of ${where}`, 'request'),
    },
    headers: readHeaderRules(fieldOf(http, 'headers')?.value, where, texts, problems),
    ...readOutcomeRules(directive, where, texts, problems),
    references: texts.references,
  };
}

export function readOutcomeRules(
  directive: ConstDirectiveNode,
  where: string,
  texts: TextCompiler,
  problems: ProblemList,
): OutcomeRules {
  const errors = readObject(argumentOf(directive, 'errors'), `"errors" of ${where}`, problems);
  if (errors !== undefined) checkNames(errors, ERRORS_NAMES, `"errors" of ${where}`, texts.version, problems);
  return {
    isSuccess: texts.mapping(argumentOf(directive, 'isSuccess'), `"isSuccess" of ${where}`, 'response'),
    message: texts.mapping(fieldOf(errors, 'message')?.value, `"errors.message" of ${where}`, 'response'),
    extensions: texts.mapping(fieldOf(errors, 'extensions')?.value, `"errors.extensions" of ${where}`, 'response'),
  };
}
