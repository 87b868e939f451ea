/** Where in a result `__typename` was selected: its response keys here, and the fields below which there are more. */
export interface TypenamePlan {
  readonly responseKeys: Set<string>;
  readonly fields: Map<string, TypenamePlan>;
}

export function emptyPlan(): TypenamePlan {
  return { responseKeys: new Set(), fields: new Map() };
}

/** Drops fields below which no `__typename` is selected; `undefined` where nothing is left. */
export function prunePlan(plan: TypenamePlan): TypenamePlan | undefined {
  for (const [key, inner] of plan.fields) if (prunePlan(inner) === undefined) plan.fields.delete(key);
  return plan.responseKeys.size === 0 && plan.fields.size === 0 ? undefined : plan;
}

/** Puts the graph's names in the place of the upstream's, inside the data itself. */
export function renameTypenames(value: unknown, plan: TypenamePlan, typeInGraph: ReadonlyMap<string, string>): void {
  if (Array.isArray(value)) {
    for (const item of value) renameTypenames(item, plan, typeInGraph);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const object = value as Record<string, unknown>;
  for (const key of plan.responseKeys) {
    const inGraph = typeInGraph.get(object[key] as string);
    if (inGraph !== undefined) object[key] = inGraph;
  }
  for (const [key, inner] of plan.fields) renameTypenames(object[key], inner, typeInGraph);
}
