import { readFileSync } from 'node:fs';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { Kind, parse, print } from 'graphql';
import type { GraphiQLOptions } from 'graphql-yoga';
import type { Config } from '../config/config.ts';

/** GraphiQL for Yoga: all scripts and styles come from the package, so that it works without a network. */
export function graphiqlOptions(
  config: Config['graphql'],
): { graphiql: false } | { graphiql: GraphiQLOptions; renderGraphiQL: typeof renderPage } {
  if (!config.graphiql) return { graphiql: false };
  const tabs = config.examples === undefined ? [] : exampleTabs(readFileSync(config.examples, 'utf8'));
  return {
    graphiql: {
      title: 'Weir',
      ...(tabs.length === 0 ? {} : { defaultTabs: tabs, defaultQuery: tabs[0]?.query ?? '' }),
    },
    renderGraphiQL: renderPage,
  };
}

/** One tab for each operation of the file, with the fragments it may use and the comment above it. */
function exampleTabs(text: string): { query: string }[] {
  const document = parse(text);
  const fragments = document.definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .map(print);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const printed = print(operation);
      return {
        query: [printed, ...fragments.filter((fragment) => printed.includes(`...${fragmentName(fragment)}`))].join(
          '\n\n',
        ),
      };
    });
}

function fragmentName(printed: string): string {
  return printed.split(' ', 2)[1] as string;
}

let page: { key: string; html: string } | undefined;

/** The page is nine megabytes of text: it is built once. */
function renderPage(options: Parameters<typeof renderGraphiQL>[0]): string {
  const key = JSON.stringify(options);
  if (page?.key !== key) page = { key, html: renderGraphiQL(options) };
  return page.html;
}
