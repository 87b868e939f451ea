import * as z from 'zod';
import { alternatives } from './field-auth.ts';
import { section, size } from './section.ts';

const mode = z
  .enum(['enforce', 'measure', 'off'])
  .default('enforce')
  .describe('enforce: refuse what is beyond it; measure: only count and log it; off: do not look');

function limit(max: number, counted: string, min = 1) {
  return section({ max: z.number().int().min(min).default(max).describe(counted), mode });
}

const weight = z.number().min(0);

const cost = section({
  max: z.number().positive().optional().describe('Highest estimated cost of an operation; default: none is refused'),
  mode,
  object: weight.default(1).describe('Cost of an object, or input object, without `@cost`'),
  scalar: weight.default(0).describe('Cost of a scalar or enum value without `@cost`'),
  mutation: weight.default(10).describe('Added for each root field of a mutation'),
  default_list_size: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('Items that a list is taken to have where no `@listSize` says it'),
  expose: z
    .union([z.boolean(), section({ scopes: alternatives.describe('Lists of scopes; one list suffices') })])
    .default(false)
    .describe('Who sees the cost in `extensions.cost` of answers: all, none, or clients with scopes'),
});

/** `limits:` within `graphql:` of gateway.yaml. */
export const operationLimits = section({
  depth: limit(20, 'Fields nested in each other, fragments unfolded; a root field has depth 1')
    .prefault({})
    .describe('How deep an operation may nest'),
  tokens: limit(15_000, 'Lexical tokens of a document, counted while it is parsed')
    .prefault({})
    .describe('How long a document may be'),
  aliases: limit(30, 'Fields with an alias, fragments unfolded', 0)
    .prefault({})
    .describe('How often an operation may use an alias'),
  root_fields: limit(20, 'Fields of the root type, fragments unfolded')
    .prefault({})
    .describe('How many root fields an operation may select'),
  directives: limit(50, 'Directives, fragments unfolded', 0)
    .prefault({})
    .describe('How many directives an operation may use'),
  batch_size: limit(1, 'Operations of one HTTP request; 1: no batches')
    .prefault({})
    .describe('How many operations a batch may have'),
  body_size: section({ max: size('Bytes of a request body', { min: '1KiB' }).prefault('1MiB'), mode })
    .prefault({})
    .describe('How large a request may be'),
  cost: cost.prefault({}).describe('What an operation may cost, estimated by `@cost` and `@listSize` before it runs'),
  upstream_calls: limit(100, 'Requests to upstreams that the plan of an operation has')
    .prefault({})
    .describe('How many calls of upstreams an operation may cause'),
});

export type OperationLimitsDefinition = z.output<typeof operationLimits>;
export type CostDefinition = OperationLimitsDefinition['cost'];
export type LimitMode = OperationLimitsDefinition['depth']['mode'];
