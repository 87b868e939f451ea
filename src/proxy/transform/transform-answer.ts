import { Readable } from 'node:stream';
import { WeirError } from '../../errors.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import { isJsonType } from '../body/json-type.ts';
import { readAnswerJson } from '../body/read-json.ts';
import { dropFieldsOfBytes, replaceBody } from '../body/replace-body.ts';
import { findField } from '../field-lines.ts';
import type { RouteAnswer } from '../route-exchange.ts';
import { headerLists } from '../route-variables.ts';
import type { AnswerRules } from './answer-rules.ts';
import type { RouteFunction } from './run-route-function.ts';
import type { TransformState } from './transform.ts';

export interface AnswerTransformParts {
  readonly rules: readonly AnswerRules[];
  readonly code: RouteFunction | undefined;
  readonly readsResponse: boolean;
  readonly maxBodyBytes: number;
  readonly warn: ((warning: MappingWarning) => void) | undefined;
}

/** See {@link Transform.answer}. */
export async function transformAnswer(
  parts: AnswerTransformParts,
  answer: RouteAnswer,
  state: TransformState,
): Promise<void> {
  try {
    await transform(parts, answer, state);
  } catch (error) {
    // Nobody reads it any more.
    if (answer.body instanceof Readable) answer.body.on('error', () => {}).destroy();
    throw error;
  }
}

async function transform(parts: AnswerTransformParts, answer: RouteAnswer, state: TransformState): Promise<void> {
  const { code } = parts;
  const body = new AnswerBody(answer, state.isHead, parts.maxBodyBytes);
  if (code?.changesAnswer === true) {
    const before = code.readsJson ? await body.read(false) : undefined;
    // Functions change what they are given: only the text tells whether they did.
    const text = stringify(before);
    const changed = await code.answer(answer, before, state.context);
    if (code.readsJson && stringify(changed) !== text) body.write(changed ?? null);
  }
  const { status } = answer;
  const about = parts.rules.filter((rules) => rules.isAbout(status));
  if (about.length > 0) {
    const variables = { ...state.variables, $status: status };
    if (parts.readsResponse) Object.assign(variables, { $response: { headers: headerLists(answer.headers) } });
    for (const rules of about) {
      if (rules.body !== undefined) {
        const data = await body.read(rules.refusesOtherBodies);
        if (data !== undefined) body.write(rules.body.evaluate(data, variables, parts.warn) ?? null);
      }
      const invalid = rules.headers?.apply(answer.headers, variables);
      if (invalid !== undefined) throw unusable(`A value has no place in the header "${invalid}"`);
      if (rules.status !== undefined) answer.status = rules.status;
    }
  }
  body.finish();
}

/** The body of an answer, read once where a rule asks for it and written once where it has changed. */
class AnswerBody {
  readonly #answer: RouteAnswer;
  readonly #isHead: boolean;
  readonly #maxBytes: number;
  #data: unknown;
  #isRead = false;
  #isChanged = false;

  constructor(answer: RouteAnswer, isHead: boolean, maxBytes: number) {
    this.#answer = answer;
    this.#isHead = isHead;
    this.#maxBytes = maxBytes;
  }

  /** @returns `undefined` where there is no JSON. */
  async read(refusesOthers: boolean): Promise<unknown> {
    if (this.#isRead) return this.#data;
    const { status, headers, body } = this.#answer;
    if (body === null || this.#isHead || status === 204 || status === 304) {
      // Lengths and validators would be those of a body that nobody gets.
      if (this.#isHead) dropFieldsOfBytes(headers);
      return undefined;
    }
    if (!isJsonType(findField(headers, 'content-type'))) {
      if (refusesOthers) throw unusable('The body of the answer is no JSON');
      return undefined;
    }
    if (status === 206) throw unusable('A part of a body cannot be mapped');
    this.#isRead = true;
    this.#data = await readAnswerJson(this.#answer, this.#maxBytes);
    return this.#data;
  }

  write(data: unknown): void {
    this.#isRead = true;
    this.#isChanged = true;
    this.#data = data;
  }

  finish(): void {
    const answer = this.#answer;
    const { body, status } = answer;
    if (status === 204 || status === 205 || status === 304) {
      if (body instanceof Readable) body.on('error', () => {}).destroy();
      answer.body = null;
      if (status !== 304) dropFieldsOfBytes(answer.headers);
      return;
    }
    if (!this.#isChanged || this.#isHead) return;
    if (body instanceof Readable) body.on('error', () => {}).destroy();
    replaceBody(answer, stringify(this.#data) ?? 'null');
    answer.trailers = undefined;
  }
}

/** @throws {WeirError} `UPSTREAM_BAD_RESPONSE` for what is nested too deep to be written. */
function stringify(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch (cause) {
    throw new WeirError('UPSTREAM_BAD_RESPONSE', 'The body of the answer is nested too deep', { cause });
  }
}

function unusable(message: string): WeirError {
  return new WeirError('UPSTREAM_BAD_RESPONSE', message);
}
