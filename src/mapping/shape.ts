import type { ExpressionNode, MappingNode, PathNode, SelectionNode } from './ast.ts';

/**
 * What a mapping's output looks like, arrays looked through. `object`: its keys, each with where it is written;
 * `scalar`: a literal; `data`: a value just as the data has it; `unknown`: what a method makes of the data.
 */
export type Shape =
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, ShapeField>; readonly offset: number }
  | { readonly kind: 'scalar' | 'data' | 'unknown'; readonly offset: number };

interface ShapeField {
  readonly shape: Shape;
  readonly offset: number;
}

export function shapeOf(node: MappingNode | ExpressionNode): Shape {
  switch (node.kind) {
    case 'selection':
      return selectionShape(node);
    case 'path':
      return pathShape(node);
    case 'object': {
      const fields = node.properties.map(
        ([key, value]) => [key, { shape: shapeOf(value), offset: value.offset }] as const,
      );
      return { kind: 'object', fields: new Map(fields), offset: node.offset };
    }
    case 'literal':
      return { kind: node.value === null ? 'unknown' : 'scalar', offset: node.offset };
    default:
      return { kind: 'unknown', offset: node.offset };
  }
}

/** The keys that a value surely has once the data has them; `undefined` where only the data decides. */
export function selectedNames(node: MappingNode): string[] | undefined {
  const shape = shapeOf(node);
  return shape.kind === 'object' ? [...shape.fields.keys()] : undefined;
}

function selectionShape(node: SelectionNode): Shape {
  const fields = new Map<string, ShapeField>();
  let isKnown = true;
  for (const item of node.items) {
    const shape = shapeOf(item.value);
    if (item.name !== undefined)
      fields.set(item.name, mergeFields(fields.get(item.name), { shape, offset: item.offset }));
    else if (shape.kind === 'object') {
      for (const [key, field] of shape.fields) fields.set(key, mergeFields(fields.get(key), field));
    } else isKnown = false;
  }
  return isKnown ? { kind: 'object', fields, offset: node.offset } : { kind: 'unknown', offset: node.offset };
}

function mergeFields(old: ShapeField | undefined, field: ShapeField): ShapeField {
  if (old?.shape.kind !== 'object' || field.shape.kind !== 'object') return field;
  const fields = new Map(old.shape.fields);
  for (const [key, inner] of field.shape.fields) fields.set(key, mergeFields(fields.get(key), inner));
  return { shape: { kind: 'object', fields, offset: old.shape.offset }, offset: old.offset };
}

function pathShape({ head, steps, offset }: PathNode): Shape {
  const last = steps.at(-1);
  if (last?.kind === 'selection') return selectionShape(last);
  if (last === undefined && head.kind === 'expression') return shapeOf(head.expression);
  if (last?.kind === 'method' && last.name === 'echo' && last.args[0] !== undefined) return shapeOf(last.args[0]);
  const isData = last?.kind !== 'method' && !(head.kind === 'variable' && steps.length === 0);
  return { kind: isData ? 'data' : 'unknown', offset };
}
