import { readFileSync } from 'node:fs';
import type { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { Kind, parse, print } from 'graphql';
import type { GraphiQLOptions } from 'graphql-yoga';
import type { Config } from '../config/config.ts';
import type { Logger } from '../telemetry/logger.ts';

type RenderPage = (options: Parameters<typeof renderGraphiQL>[0]) => Promise<string>;

/**
 * GraphiQL for Yoga: all scripts and styles come from the package, so that it works without a network.
 * @param isDev show what keeps the last change from being served, as `PATH/problem` tells it.
 */
export function graphiqlOptions(
  config: Config['graphql'],
  isDev: boolean,
  logger: Logger,
): { graphiql: false } | { graphiql: GraphiQLOptions; renderGraphiQL: RenderPage } {
  if (!config.graphiql) return { graphiql: false };
  const tabs = config.examples === undefined ? [] : exampleTabs(readFileSync(config.examples, 'utf8'));
  return {
    graphiql: {
      title: 'Weir',
      ...(tabs.length === 0 ? {} : { defaultTabs: tabs, defaultQuery: tabs[0]?.query ?? '' }),
    },
    // The page ends with its body; the scripts in it hold `</body>` as text.
    renderGraphiQL: async (options) => (await renderPage(options, logger)) + (isDev ? problemBanner(config.path) : ''),
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

/** The page is nine megabytes of text: it is read when first asked for, and built once. */
async function renderPage(options: Parameters<typeof renderGraphiQL>[0], logger: Logger): Promise<string> {
  const key = JSON.stringify(options);
  if (page?.key !== key) {
    try {
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      page = { key, html: renderGraphiQL(options) };
    } catch (error) {
      logger.error({ err: error }, 'Cannot load GraphiQL');
      return '<!doctype html><title>Weir</title><p>GraphiQL cannot be loaded. The log says why.';
    }
  }
  return page.html;
}

/** Asks once a second; nothing but `weir dev` serves this. */
function problemBanner(path: string): string {
  return `<pre id="weir-problem" hidden style="position:fixed;inset:auto 0 0 0;margin:0;padding:12px 16px;max-height:40vh;overflow:auto;z-index:99;background:#7f1d1d;color:#fff;font:13px/1.5 monospace;white-space:pre-wrap"></pre>
<script>
  setInterval(async () => {
    const banner = document.getElementById('weir-problem');
    const { problem } = await fetch(${JSON.stringify(`${path}/problem`)}).then((answer) => answer.json(), () => ({ problem: 'The gateway does not answer' }));
    banner.hidden = problem === null;
    banner.textContent = problem === null ? '' : problem + '\\n\\nThe graph in service stays.';
  }, 1000);
</script>`;
}
