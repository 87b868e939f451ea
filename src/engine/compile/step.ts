import type { Subgraph, SubgraphOperation } from '../../subgraphs/subgraph.ts';
import type { AnswerKeys } from './answer-keys.ts';
import type { OutputRewrites } from './compile-output-rewrites.ts';
import type { EntityPath } from './compile-path.ts';
import type { RepresentationWriter } from './compile-representation.ts';

/** A node of a query plan with everything done that does not depend on a request. */
export type Step = RootFetch | EntityFetch | SequenceStep | ParallelStep | ConditionStep;

interface Fetch {
  readonly subgraph: Subgraph;
  readonly operation: SubgraphOperation;
  /** Names of the client's variables that the operation uses. */
  readonly variableNames: readonly string[];
}

export interface RootFetch extends Fetch {
  readonly kind: 'root';
  readonly answerKeys: AnswerKeys;
  readonly outputRewrites: OutputRewrites | undefined;
}

/** One request for entities: one list of representations, or several under aliases. */
export interface EntityFetch extends Fetch {
  readonly kind: 'entities';
  readonly lists: readonly EntityList[];
}

export interface EntityList {
  /** `_entities` or its alias. */
  readonly responseKey: string;
  /** `"representations":` */
  readonly variableText: string;
  readonly selection: EntitySelection;
  readonly answerKeys: AnswerKeys;
  readonly outputRewrites: OutputRewrites | undefined;
}

/** Which objects are meant and how they are represented; one object for all lists of a plan that are alike in this. */
export interface EntitySelection {
  readonly paths: readonly EntityPath[];
  readonly representation: RepresentationWriter;
  /** Whether several lists have it. */
  isShared: boolean;
}

export interface SequenceStep {
  readonly kind: 'sequence';
  readonly steps: readonly Step[];
}

export interface ParallelStep {
  readonly kind: 'parallel';
  readonly steps: readonly Step[];
}

export interface ConditionStep {
  readonly kind: 'condition';
  readonly variable: string;
  readonly whenTrue: Step | undefined;
  readonly whenFalse: Step | undefined;
}
