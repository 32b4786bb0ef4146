import { type Chart, type ChartEdge, type ChartNode, chartHash } from './chart.ts';

/**
 * A chart that was kept under a hash; undefined where the text is not the chart of that hash, whoever
 * wrote it there: a wrong picture is worse than none.
 */
export function readChart(text: string, hash: string): Chart | undefined {
  const value = parsed(text);
  if (!isRecord(value)) return undefined;
  const { machine, nodes, edges } = value;
  if (typeof machine !== 'string' || !isListOf(nodes, isNode) || !isListOf(edges, isEdge))
    return undefined;
  const chart = { machine, hash, nodes, edges };
  return nodes.length > 0 && chartHash(chart) === hash ? chart : undefined;
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

const isString = (value: unknown): value is string => typeof value === 'string';
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
