import type { DocumentNode, OperationTypeNode } from 'graphql';

/**
 * An operation in normal form: one operation definition, no fragment definitions or spreads, no `@skip` or `@include`,
 * one field per response key and selection set, no unused variable. Planner and engines see only this.
 *
 * A response key stands twice in a selection set only where merging would change the order of fields that
 * CollectFields (GraphQL §6.3.2) gives for some concrete type.
 */
export interface Operation {
  readonly kind: OperationTypeNode;
  readonly name: string | undefined;
  /** Canonical text; equal texts are equal operations. The key of plan and program caches. */
  readonly text: string;
  readonly document: DocumentNode;
  /** Whether normalisation left nothing to select: answered `{}` without a plan. */
  readonly isEmpty: boolean;
  /**
   * Response key of the `__typename` that stands in every selection set which folding emptied; never part of an answer.
   * `undefined`: no selection set was emptied.
   */
  readonly privateAlias: string | undefined;
}
