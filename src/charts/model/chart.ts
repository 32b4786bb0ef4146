import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Chart, ChartEdge, ChartNode } from './chart-data.ts';

/**
 * The chart of a machine.
 *
 * Walks the state nodes, because `definition`, `toJSON()` and `toDirectedGraph()` drop `always`
 * transitions. An edge's id is `source|event|n`, the n-th candidate of that event in that state.
 */
export function chartOf(machine: AnyStateMachine): Chart {
  const nodes: ChartNode[] = [];
  const edges: ChartEdge[] = [];
  walk(machine.root, (node) => {
    nodes.push(chartNode(node));
    for (const [transition, id] of edgeIdsOf(node)) edges.push(chartEdge(node, transition, id));
  });
  return { machine: machine.id, hash: chartHash({ nodes, edges }), nodes, edges };
}

/** Never change this function or the order of fields in `chartOf`: every audit event contains a hash. */
export const chartHash = ({ nodes, edges }: Pick<Chart, 'nodes' | 'edges'>): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify([nodes, edges])))).slice(0, 12);

/** The edge id of each transition object of the machine. It identifies the transition that was taken. */
export function edgeIds(machine: AnyStateMachine): ReadonlyMap<AnyTransitionDefinition, string> {
  const ids = new Map<AnyTransitionDefinition, string>();
  walk(machine.root, (node) => {
    for (const [transition, id] of edgeIdsOf(node)) ids.set(transition, id);
  });
  return ids;
}

function walk(node: AnyStateNode, visit: (node: AnyStateNode) => void): void {
  visit(node);
  for (const child of Object.values(node.states)) walk(child, visit);
}

function edgeIdsOf(node: AnyStateNode): [AnyTransitionDefinition, string][] {
  const candidates = [...node.transitions.entries()];
  if (node.always) candidates.push(['', node.always]);
  return candidates.flatMap(([event, transitions]) =>
    transitions.map((t, n): [AnyTransitionDefinition, string] => [t, `${node.id}|${event}|${n}`]),
  );
}

function chartNode(node: AnyStateNode): ChartNode {
  return {
    id: node.id,
    kind: node.type,
    parent: node.parent?.id ?? null,
    initial: node.initial.target[0]?.id ?? null,
    description: node.description ?? null,
  };
}

function chartEdge(node: AnyStateNode, t: AnyTransitionDefinition, id: string): ChartEdge {
  return {
    id,
    source: node.id,
    event: t.eventType,
    targets: (t.target ?? []).map((target) => target.id),
    guard: t.guard === undefined ? null : nameOf(t.guard),
    actions: t.actions.map(nameOf),
    description: t.description ?? null,
  };
}

const nameOf = (named: unknown): string => {
  if (typeof named === 'string') return named;
  if (typeof named === 'object' && named !== null && 'type' in named) return String(named.type);
  return 'inline';
};
