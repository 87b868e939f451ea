import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Plugin } from './context.ts';

type OnExecute = NonNullable<Plugin['onExecute']>;
/** What Envelop lets a hook return, seen without its type parameters. */
interface AfterExecute {
  onExecuteDone?(payload: object): unknown;
}
type OnContextBuilding = NonNullable<Plugin['onContextBuilding']>;

/** The hooks of a plugin and of all that it adds, to be called where it is meant to act. */
export interface GatheredHooks {
  readonly onSchemaChange: NonNullable<Plugin['onSchemaChange']>;
  /** Runs context hooks, then execution hooks. */
  run(payload: Parameters<OnExecute>[0]): ReturnType<OnExecute>;
}

export function gatherHooks(plugin: object): GatheredHooks {
  const plugins = flatten(plugin as Plugin);
  const contextHooks = plugins.flatMap((each) => each.onContextBuilding ?? []);
  const executeHooks = plugins.flatMap((each) => each.onExecute ?? []);

  const before = async (payload: Parameters<OnExecute>[0]): Promise<void> => {
    const context = payload.args.contextValue;
    const extendContext = (extension: object) => void Object.assign(context, extension);
    for (const hook of contextHooks) {
      await hook({ context, extendContext, breakContextBuilding() {} } as unknown as Parameters<OnContextBuilding>[0]);
    }
  };
  const run = async (payload: Parameters<OnExecute>[0]) => {
    await before(payload);
    const afterHooks: AfterExecute[] = [];
    for (const hook of executeHooks) {
      const after = await hook(payload);
      if (after) afterHooks.push(after as AfterExecute);
    }
    if (afterHooks.length === 0) return undefined;
    return {
      async onExecuteDone(done: never) {
        for (const after of afterHooks)
          await (after.onExecuteDone as ((payload: never) => unknown) | undefined)?.(done);
      },
    };
  };
  return {
    onSchemaChange(payload) {
      for (const each of plugins) each.onSchemaChange?.(payload);
    },
    run: run as GatheredHooks['run'],
  };
}

/**
 * Lets a plugin that visits whole documents on every execution run only for documents that concern it. Its context
 * hooks run at the same late moment, so that other operations do not pay for them either.
 */
export function runOnlyFor(
  plugin: object,
  concerns: (schema: GraphQLSchema, document: DocumentNode) => boolean,
): Plugin {
  const { onSchemaChange, run } = gatherHooks(plugin);
  const onExecute: OnExecute = (payload) =>
    concerns(payload.args.schema, payload.args.document) ? run(payload) : undefined;
  return {
    onSchemaChange,
    onExecute,
    onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']>,
  };
}

/** The plugin and all that it adds on initialisation. */
function flatten(plugin: Plugin): Plugin[] {
  const added: Plugin[] = [];
  plugin.onPluginInit?.({
    addPlugin: (each: Plugin) => void added.push(each),
    plugins: [],
    setSchema() {},
  } as never);
  return [plugin, ...added.flatMap(flatten)];
}
