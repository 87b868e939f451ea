import type { GraphQLFormattedError } from 'graphql';
import type { EngineResponse } from '../planner/engine.ts';

/** An execution result as Yoga takes it; `stringify` spares it from serialising what is text already. */
export interface ExecutionAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly stringify?: (result: ExecutionAnswer) => string;
}

/** Where a plugin looks at `data` it is parsed; where a plugin replaces it, the replacement is what is sent. */
export function toExecutionAnswer(response: EngineResponse): ExecutionAnswer {
  if (!('dataText' in response)) return response;
  const { dataText, errors, extensions } = response;
  let parsed: Record<string, unknown> | null | undefined;
  const answer: ExecutionAnswer = {
    get data() {
      parsed ??= JSON.parse(dataText) as Record<string, unknown> | null;
      return parsed;
    },
    ...(errors !== undefined && { errors }),
    ...(extensions !== undefined && { extensions }),
    stringify(result) {
      const isUntouched = result === answer || result.data === parsed;
      let text = '{';
      if (result.errors !== undefined) text += `"errors":${JSON.stringify(result.errors)},`;
      text += `"data":${isUntouched ? dataText : JSON.stringify(result.data)}`;
      if (result.extensions !== undefined) text += `,"extensions":${JSON.stringify(result.extensions)}`;
      return `${text}}`;
    },
  };
  return answer;
}
