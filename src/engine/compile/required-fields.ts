import type { FetchNodePathSegment, FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import type { SupergraphTypes } from './supergraph-types.ts';

/** A field of a representation of one concrete type. */
export interface RequiredField {
  /** Where the data has it. */
  readonly name: string;
  /** `,"key":` */
  readonly keyText: string;
  /** Written in place of what the data has. */
  readonly constantText: string | undefined;
  /** What of the value is written; empty: all of it. */
  readonly selections: readonly RequiresSelection[];
  /** Rewrites below the field. */
  readonly rewrites: readonly Rewrite[];
}

/** An input rewrite of the planner's: a value to set or a key to rename at a path. */
export interface Rewrite {
  readonly path: readonly FetchNodePathSegment[];
  readonly setValueTo?: string;
  readonly renameKeyTo?: string;
}

/** By the key that the representation has, where the data has the field. */
type Collected = Map<string, { readonly name: string; readonly nested: RequiresSelection[] }>;

/** The fields that apply to one concrete type, with its rewrites done. */
export function compileRequiredFields(
  selections: readonly RequiresSelection[],
  rewrites: readonly Rewrite[],
  typename: string,
  types: SupergraphTypes,
): readonly RequiredField[] {
  const collected: Collected = new Map();
  collectRequired(selections, typename, types, collected);
  const applicable = rewrites.flatMap((rewrite) => enterType(rewrite, typename, types));
  return [...collected].map(([key, { name, nested }]) => {
    const under = applicable.flatMap((rewrite) => enterKey(rewrite, key));
    const setter = under.find((rewrite) => rewrite.path.length === 0 && rewrite.setValueTo !== undefined);
    const renamer = under.find((rewrite) => rewrite.path.length === 0 && rewrite.renameKeyTo !== undefined);
    // Fields are compiled for one type: its name needs no look at the data.
    const constant = setter?.setValueTo ?? (name === '__typename' && typename !== '' ? typename : undefined);
    return {
      name,
      keyText: `,${JSON.stringify(renamer?.renameKeyTo ?? key)}:`,
      constantText: constant === undefined ? undefined : JSON.stringify(constant),
      selections: nested,
      rewrites: under.filter(({ path }) => path.length > 0),
    };
  });
}

function collectRequired(
  selections: readonly RequiresSelection[],
  typename: string,
  types: SupergraphTypes,
  into: Collected,
): void {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (typename === '' || types.satisfying(selection.typeCondition).has(typename)) {
        collectRequired(selection.selections, typename, types, into);
      }
    } else if (selection.kind === 'Field') {
      const key = selection.alias ?? selection.name;
      const known = into.get(key);
      if (known !== undefined) known.nested.push(...(selection.selections ?? []));
      else {
        into.set(key, { name: selection.name, nested: [...(selection.selections ?? [])] });
      }
    }
  }
}

export function toRewrite(rewrite: FetchRewrite): Rewrite {
  if ('KeyRenamer' in rewrite) return rewrite.KeyRenamer;
  return 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
}

/** The rewrite past the type conditions at its head; none where the type does not satisfy them. */
function enterType(rewrite: Rewrite, typename: string, types: SupergraphTypes): readonly Rewrite[] {
  const [segment, ...path] = rewrite.path;
  if (segment === undefined || !('TypenameEquals' in segment)) return [rewrite];
  const isSatisfied = segment.TypenameEquals.some((condition) => types.satisfying(condition).has(typename));
  return isSatisfied ? enterType({ ...rewrite, path }, typename, types) : [];
}

function enterKey(rewrite: Rewrite, key: string): readonly Rewrite[] {
  const [segment, ...path] = rewrite.path;
  return segment !== undefined && 'Key' in segment && segment.Key === key ? [{ ...rewrite, path }] : [];
}
