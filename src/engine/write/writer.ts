import type { JsonObject } from '../own.ts';
import type { Run } from '../run/run.ts';
import { generateCompleter } from './generate-completer.ts';
import { interpretCompleter } from './interpret-completer.ts';
import type { ObjectShape } from './shape.ts';

/** Gives the data of an answer as JSON text; completion errors go to the run. */
export type Writer = (run: Run, data: JsonObject) => string;

/**
 * Makes the answer's own objects out of what subgraphs gave, in the answer's order (GraphQL §6.4.3); `undefined`: a null came up
 * to the root.
 */
export type Completer = (run: Run, data: JsonObject) => JsonObject | undefined;

let canGenerate: boolean | undefined;

/** Whether the platform allows code from strings (`--disallow-code-generation-from-strings`, some runtimes, do not). */
export function canGenerateCode(): boolean {
  if (canGenerate === undefined) {
    try {
      canGenerate = new Function('return true')() === true;
    } catch {
      canGenerate = false;
    }
  }
  return canGenerate;
}

export function createWriter(shape: ObjectShape, isGenerated: boolean = canGenerateCode()): Writer {
  const complete: Completer = isGenerated ? generateCompleter(shape) : interpretCompleter(shape);
  // Objects of constant shape and one native call cost less than text that is put together field by field.
  return (run, data) => JSON.stringify(complete(run, data) ?? null);
}
