import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';

/** What a server was asked. */
export interface Recorded {
  readonly query: string;
  readonly variables: Record<string, unknown> | undefined;
  readonly headers: IncomingMessage['headers'];
}

export interface TestServer {
  readonly url: string;
  readonly requests: Recorded[];
}

/**
 * Serves a schema by graphql-js on a free port until the test ends, and records the requests.
 * @param refuses - operations whose text matches are invalid at this server.
 */
export async function serveGraphql(
  test: TestContext,
  schema: GraphQLSchema,
  rootValue?: unknown,
  refuses?: RegExp,
): Promise<TestServer> {
  return serve(test, async (request, response) => {
    let document: DocumentNode;
    let errors: readonly GraphQLError[];
    try {
      document = parse(request.query);
      errors = refuses?.test(request.query) ? [new GraphQLError('Unknown field')] : validate(schema, document);
    } catch (error) {
      errors = [error instanceof GraphQLError ? error : new GraphQLError(String(error))];
      document = { kind: 'Document' as never, definitions: [] };
    }
    const result =
      errors.length > 0
        ? { errors }
        : await execute({
            schema,
            document,
            rootValue,
            ...(request.variables ? { variableValues: request.variables } : {}),
          });
    response.writeHead(errors.length > 0 ? 400 : 200, { 'content-type': 'application/graphql-response+json' });
    response.end(JSON.stringify(result));
  });
}

/** Answers every request with the same thing. */
export function serveAnswer(test: TestContext, status: number, type: string, body: string): Promise<TestServer> {
  return serve(test, (_, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
}

async function serve(
  test: TestContext,
  answer: (request: Recorded, response: ServerResponse) => void | Promise<void>,
): Promise<TestServer> {
  const requests: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Recorded, 'headers'>;
    const recorded = { ...body, headers: request.headers };
    requests.push(recorded);
    await answer(recorded, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, requests };
}
