import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import type { Layer } from '../route-exchange.ts';
import { compileVariables } from '../route-variables.ts';
import { compileAnswerRules } from './answer-rules.ts';
import { compileRequestRules } from './request-rules.ts';
import type { RouteTransform } from './route-transform.ts';
import { RouteFunction } from './run-route-function.ts';
import type { Transform } from './transform.ts';
import { transformAnswer } from './transform-answer.ts';
import { transformRequest } from './transform-request.ts';

export interface TransformOptions {
  /** The name of the route, for messages. */
  readonly route: string;
  /** What `function` names, loaded. */
  readonly code: RouteTransform | undefined;
  /** Hears what mappings leave out because the data lacks it; mappings run faster where nobody does. */
  readonly warn?: (warning: MappingWarning) => void;
}

/** Compiles `transform` of a route. */
export function compileTransform(definition: RouteTransformDefinition, options: TransformOptions): Transform {
  const { maxBodyBytes } = definition;
  const { warn } = options;
  const code = options.code && new RouteFunction(options.route, options.code);
  const rules = definition.request && compileRequestRules(definition.request);
  const answers = definition.answers.map(compileAnswerRules);
  const references = [rules, ...answers].flatMap((each) => each?.references ?? []);
  const reads = (name: string) => references.some((reference) => reference.name === name);

  const codeReads = code?.readsJson === true;
  const readsRequest = reads('$body') || rules?.body !== undefined || (codeReads && code.changesRequest);
  const readsAnswer = answers.some(({ body }) => body !== undefined) || (codeReads && code.changesAnswer);
  const ofRequest = {
    rules,
    code,
    readVariables: compileVariables(references),
    readsBody: readsRequest,
    readsAnswer,
    maxBodyBytes,
    warn,
  };
  const ofAnswer = { rules: answers, code, readsResponse: reads('$response'), maxBodyBytes, warn };
  return {
    readsRequest,
    readsAnswer,
    request: (request) => transformRequest(ofRequest, request),
    answer: (answer, state) => transformAnswer(ofAnswer, answer, state),
  };
}

/** The layer that a transform is on a route. */
export function transformLayer(transform: Transform): Layer {
  return {
    readsRequest: transform.readsRequest,
    readsAnswer: transform.readsAnswer,
    wrap: (next) => async (exchange) => {
      const state = await transform.request(exchange);
      const answer = await next(exchange);
      await transform.answer(answer, state);
      return answer;
    },
  };
}
