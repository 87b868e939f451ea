// prices.ts
import { type RouteTransform, WeirError } from '../../../src/index.ts';

const prices: RouteTransform = {
  request(request, { parameters, request: { identity } }) {
    const { amount } = (request.body ?? {}) as { amount?: unknown };
    if (typeof amount !== 'number') throw new WeirError('BAD_USER_INPUT', '"amount" must be a number');
    request.query.set('currency', parameters.currency?.toUpperCase() ?? 'EUR');
    request.headers.set('x-tier', identity?.tier ?? 'none');
    request.body = { cents: Math.round(amount * 100) };
  },
  answer(answer) {
    answer.headers.append('vary', 'x-tier');
  },
};

export default prices;
