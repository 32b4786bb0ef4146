import { type Chart, type ChartEdge, type ChartNode, chartHash } from './chart.ts';

/**
 * A chart that was kept under a name; undefined where the text is not the chart of that name, whoever
 * wrote it there: a wrong picture is worse than none.
 */
export function parseChart(
  text: string,
  { machine: name, hash }: Pick<Chart, 'machine' | 'hash'>,
): Chart | undefined {
  const value = parsed(text);
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
  return isWhole(chart) && chartHash(chart) === hash ? chart : undefined;
}

/** Far more than a machine that somebody can look at has; a drawing's cost grows faster than its size. */
const most = { nodes: 500, edges: 2000, depth: 50, targets: 50, text: 10_000 };

/** One tree under the first state, every state once, every transition between states of it. */
function isWhole({ nodes, edges }: Pick<Chart, 'nodes' | 'edges'>): boolean {
  if (nodes.length === 0 || nodes.length > most.nodes || edges.length > most.edges) return false;
  const depths = new Map<string, number>();
  for (const { id, parent } of nodes) {
    const depth = parent === null ? 0 : (depths.get(parent) ?? most.depth) + 1;
    const hangs = (parent === null) === (depths.size === 0);
    if (!hangs || depth > most.depth || depths.has(id)) return false;
    depths.set(id, depth);
  }
  return edges.every(
    ({ source, targets }) =>
      targets.length <= most.targets && [source, ...targets].every((id) => depths.has(id)),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = <T>(value: unknown, is: (one: unknown) => one is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const isString = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= most.text;
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
