import type { DocumentNode } from 'graphql';
import { findUnknownTypes } from '../../unknown-types.ts';
import type { ProblemList } from '../problem-list.ts';

/** Tells every use of a type that the document does not define. */
export function checkTypeNames(document: DocumentNode, problems: ProblemList): void {
  for (const { node, name, hint } of findUnknownTypes(document)) problems.add(node, `There is no type "${name}"`, hint);
}
