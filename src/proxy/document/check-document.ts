import { type GraphQLSchema, parse, validate } from 'graphql';
import type { RouteConfig } from '../../config/config.ts';
import { findNearest } from '../../nearest.ts';
import { type DocumentProblem, isDocumentProblem, readDocument } from './read-document.ts';

/** What is wrong with the document of a route. */
export interface RouteDocumentProblem extends DocumentProblem {
  readonly route: string;
  /** `undefined`: the document stands in the route itself. */
  readonly file: string | undefined;
}

/** Checks the documents of all routes. @param schema The public schema; `undefined`: only what does not depend on it is checked. */
export function checkDocuments(
  routes: readonly RouteConfig[],
  schema: GraphQLSchema | undefined,
): readonly RouteDocumentProblem[] {
  return routes.flatMap((route) =>
    checkDocument(route, schema).map((problem) => ({ ...problem, route: route.name, file: route.document?.file })),
  );
}

function checkDocument({ document, match }: RouteConfig, schema: GraphQLSchema | undefined): DocumentProblem[] {
  if (document === undefined) return [];
  const read = readDocument(document);
  if (isDocumentProblem(read)) return [read];
  const { operation, source } = read;
  const problems: DocumentProblem[] = [];
  const names = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  for (const name of Object.keys(document.variables)) {
    if (names.includes(name)) continue;
    const nearest = findNearest(name, names);
    problems.push({
      message: `The operation has no variable "$${name}"`,
      hint:
        nearest === undefined
          ? `It has: ${names.map((each) => `$${each}`).join(', ') || 'none'}`
          : `Did you mean "${nearest}"?`,
      location: undefined,
      key: ['document', 'variables', name],
    });
  }
  // RFC 9110 §9.2.1: these change nothing, and anyone may repeat them.
  const isSafe = match.methods === undefined || match.methods.some((method) => method === 'GET' || method === 'HEAD');
  if (operation.operation === 'mutation' && isSafe) {
    problems.push({
      message: 'A mutation must not be run by GET, which the route admits',
      hint: 'Write `methods: [POST]` in `match:`',
      location: undefined,
      key: ['match', 'methods'],
    });
  }
  if (schema === undefined) return problems;
  const errors = validate(schema, parse(source));
  return [
    ...problems,
    ...errors.map(({ message, locations }) => ({
      message,
      hint: 'Correct the document, or give the graph what it asks for',
      location: locations?.[0],
    })),
  ];
}
