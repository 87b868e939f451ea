import type { OperationLimitsDefinition } from '../../config/schema/operation-limits.ts';
import type { Examination } from '../../graphql/examine-operation.ts';
import { refuse } from '../../graphql/limits/operation-limit.ts';

/** What an operation is and may be, one line for each measure. */
export function describeExamination(examination: Examination, limits: OperationLimitsDefinition): string {
  const { measures, cost, planned, engine, declined, beyond, breach } = examination;
  const { calls, stages } = planned?.calls ?? {};
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['Engine', `${engine ?? 'none'}${declined.map((reason) => `; not ${reason}`).join('')}`],
    ['Planner', planned?.planner ?? 'none'],
    [
      'Calls',
      calls === undefined
        ? 'unknown'
        : `${calls}${allowed(limits.upstreamCalls)}, in ${stages} ${stages === 1 ? 'stage' : 'stages'}`,
    ],
    ['Cost', `${cost}${allowed(limits.cost)}`],
    ['Depth', `${measures.depth}${allowed(limits.depth)}`],
    ['Tokens', `${measures.tokens}${allowed(limits.tokens)}`],
    ['Root fields', `${measures.rootFields}${allowed(limits.rootFields)}`],
    ['Aliases', `${measures.aliases}${allowed(limits.aliases)}`],
    ['Directives', `${measures.directives}${allowed(limits.directives)}`],
    ...beyond.map(({ limit, mode, value, max }) => {
      const { message, extensions } = refuse(limit, value, max);
      return [mode === 'enforce' ? 'Refused' : 'Measured', `${message} (${extensions.code})`] as const;
    }),
    ...(breach === undefined
      ? []
      : [
          [
            'Note',
            `"${breach.coordinate}" asks for exactly one of ${breach.slicingArguments.join(', ')}, got ${breach.given}`,
          ] as const,
        ]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
}

function allowed({ mode, max }: { readonly mode: string; readonly max?: number | undefined }): string {
  if (mode === 'off' || max === undefined) return '';
  return mode === 'enforce' ? ` of ${max}` : ` of ${max}, measured only`;
}
