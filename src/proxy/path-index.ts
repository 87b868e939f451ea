import type { RouteSegment } from '../config/route-path.ts';

/**
 * Values by path pattern, found in a time that depends on the length of the path and not on the number of patterns. The most
 * specific pattern comes first: segment by segment, text before a parameter before the rest.
 */
export class PathIndex<V> {
  readonly #exact = new Map<string, V[]>();
  readonly #root: Node<V> = createNode();
  #hasPatterns = false;

  add(segments: readonly RouteSegment[], value: V): void {
    if (segments.every(({ kind }) => kind === 'literal')) {
      const path = segments.map((segment) => `/${(segment as { text: string }).text}`).join('');
      push(this.#exact, path, value);
      return;
    }
    this.#hasPatterns = true;
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest.push(value);
        return;
      }
      if (segment.kind === 'parameter') {
        node.parameter ??= createNode();
        node = node.parameter;
      } else {
        node = childOf(node, segment.text);
      }
    }
    node.end.push(value);
  }

  /** The first result of `pick` for the values of a pattern that matches `path`, in the order of the patterns. */
  find<T>(path: string, pick: (values: readonly V[]) => T | undefined): T | undefined {
    const exact = this.#exact.get(path);
    if (exact !== undefined) {
      const found = pick(exact);
      if (found !== undefined) return found;
    }
    return this.#hasPatterns ? descend(this.#root, path, 1, pick) : undefined;
  }
}

interface Node<V> {
  /** Most nodes have one child at most: comparing it costs less than looking it up. */
  text: string;
  child: Node<V> | undefined;
  /** All of them, where there are several. */
  children: Map<string, Node<V>> | undefined;
  parameter: Node<V> | undefined;
  readonly end: V[];
  readonly rest: V[];
}

function createNode<V>(): Node<V> {
  return { text: '', child: undefined, children: undefined, parameter: undefined, end: [], rest: [] };
}

function childOf<V>(node: Node<V>, text: string): Node<V> {
  const known = node.children === undefined ? (node.text === text ? node.child : undefined) : node.children.get(text);
  if (known !== undefined) return known;
  const child: Node<V> = createNode();
  if (node.child === undefined) {
    node.text = text;
    node.child = child;
  } else {
    node.children ??= new Map([[node.text, node.child]]);
    node.children.set(text, child);
  }
  return child;
}

/** The child whose text is `path` between the two places. */
function find<V>({ text, child, children }: Node<V>, path: string, from: number, to: number): Node<V> | undefined {
  if (children !== undefined) return children.get(path.slice(from, to));
  return child !== undefined && text.length === to - from && path.startsWith(text, from) ? child : undefined;
}

/** @param from where the next segment starts; beyond the end of `path` where there is none. */
function descend<V, T>(
  node: Node<V>,
  path: string,
  from: number,
  pick: (values: readonly V[]) => T | undefined,
): T | undefined {
  if (from > path.length) {
    const found = node.end.length === 0 ? undefined : pick(node.end);
    if (found !== undefined) return found;
  } else {
    const slash = path.indexOf('/', from);
    const to = slash === -1 ? path.length : slash;
    const child = find(node, path, from, to);
    const found = child === undefined ? undefined : descend(child, path, to + 1, pick);
    if (found !== undefined) return found;
    if (node.parameter !== undefined && to > from) {
      const ofParameter = descend(node.parameter, path, to + 1, pick);
      if (ofParameter !== undefined) return ofParameter;
    }
  }
  return node.rest.length === 0 ? undefined : pick(node.rest);
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
