import { chartHash } from './chart.ts';
import type { Chart, ChartEdge, ChartNode } from './chart-data.ts';

/**
 * Parses a chart that was stored under a machine name and a hash. undefined if the text is not that
 * chart: a wrong picture is worse than none.
 */
export function parseChart(
  text: string,
  { machine: name, hash }: Pick<Chart, 'machine' | 'hash'>,
): Chart | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { machine, nodes, edges } = value;
  if (
    typeof machine !== 'string' ||
    machine !== name ||
    !isListOf(nodes, isNode) ||
    !isListOf(edges, isEdge)
  )
    return undefined;
  const chart = { machine, hash, nodes, edges };
  return isComplete(chart) && chartHash(chart) === hash ? chart : undefined;
}

/** More than a readable chart has. The cost of a layout grows faster than the size of the chart. */
const limits = { nodes: 500, edges: 2000, depth: 50, targets: 50, text: 10_000 };

/** Checks that the states are one tree under the first, without duplicates, and that edges join its states. */
function isComplete({ nodes, edges }: Pick<Chart, 'nodes' | 'edges'>): boolean {
  if (nodes.length === 0 || nodes.length > limits.nodes || edges.length > limits.edges)
    return false;
  const depths = new Map<string, number>();
  for (const { id, parent } of nodes) {
    const depth = parent === null ? 0 : (depths.get(parent) ?? limits.depth) + 1;
    const isOnlyRoot = (parent === null) === (depths.size === 0);
    if (!isOnlyRoot || depth > limits.depth || depths.has(id)) return false;
    depths.set(id, depth);
  }
  return edges.every(
    ({ source, targets }) =>
      targets.length <= limits.targets && [source, ...targets].every((id) => depths.has(id)),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = <T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(isItem);

const isString = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= limits.text;
const isText = (value: unknown): boolean => value === null || isString(value);

const kinds: readonly unknown[] = ['atomic', 'compound', 'parallel', 'final', 'history'];

const isNode = (value: unknown): value is ChartNode =>
  isRecord(value) &&
  isString(value['id']) &&
  kinds.includes(value['kind']) &&
  [value['parent'], value['initial'], value['description']].every(isText);

const isEdge = (value: unknown): value is ChartEdge =>
  isRecord(value) &&
  [value['id'], value['source'], value['event']].every(isString) &&
  isListOf(value['targets'], isString) &&
  isListOf(value['actions'], isString) &&
  [value['guard'], value['description']].every(isText);
