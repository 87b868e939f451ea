import type { JsonObject } from '../own.ts';
import type { Run } from '../run/run.ts';
import { generateWriter } from './generate-writer.ts';
import { interpretShape } from './interpret-shape.ts';
import type { ObjectShape } from './shape.ts';

/** Writes the data of an answer as JSON text; completion errors go to the run. `null`: a null came up to the root. */
export type Writer = (run: Run, data: JsonObject) => string | null;

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
  return isGenerated ? generateWriter(shape) : interpretShape(shape);
}
