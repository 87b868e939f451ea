import type { GraphqlUpstreamConfig } from '../../config/config.ts';

/** `transforms:` of an upstream, read. */
export type Transforms = GraphqlUpstreamConfig['transforms'];

/** Whether the upstream's schema joins the graph as it is. */
export function isUnchanged(transforms: Transforms): boolean {
  return (
    Object.keys(transforms.renameTypes).length === 0 &&
    Object.keys(transforms.renameFields).length === 0 &&
    transforms.hide.length === 0 &&
    transforms.prefixTypes === undefined &&
    transforms.prefixFields === undefined
  );
}
