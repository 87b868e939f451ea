import type { Plugin } from '../../../src/index.ts';

/** Tells on stderr which operations take longer than half a second. */
export default function slowOperations(): Plugin {
  return {
    onExecute({ args }) {
      const startMs = performance.now();
      const { requestId } = args.contextValue.weir;
      return {
        onExecuteDone() {
          const durationMs = performance.now() - startMs;
          if (durationMs >= 0)
            console.error(`${requestId}: ${args.operationName ?? 'operation'} took ${durationMs} ms`);
        },
      };
    },
  };
}
