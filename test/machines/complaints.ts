import type { AnyStateNode } from 'xstate';
import { chartOf } from '../../src/charts/model/chart.ts';
import type { Chart } from '../../src/charts/model/chart-data.ts';
import { type CompiledMachine, compileMachine } from '../../src/runtime/transitions/transition.ts';
import type { Example } from './examples.ts';
import { activeNodes, walk } from './walk.ts';

/** Violations of the rules of design.md §5 by a machine. */
export function complaintsAbout(example: Example): readonly string[] {
  const chart = chartOf(example.machine);
  return [
    ...unlisted(example),
    ...unreached(compileMachine(example.machine), example, chart),
    ...undescribed(chart),
    ...unnamed(chart),
    ...impure(example.machine.root),
  ];
}

const unlisted = ({ machine, events }: Example): string[] => {
  const listed = new Set(events.map(({ type }) => type));
  return machine.events.filter((type) => !listed.has(type)).map((type) => `no example of ${type}`);
};

function unreached(machine: CompiledMachine, example: Example, chart: Chart): string[] {
  const tried = walk(machine, example);
  const nodes = new Set(tried.flatMap(({ state }) => activeNodes(machine.name, state.value)));
  const edges = new Set(tried.flatMap(({ taken }) => (taken === 'ignored' ? [] : taken.edges)));
  return [
    ...chart.nodes.filter(({ id }) => !nodes.has(id)).map(({ id }) => `never in ${id}`),
    ...chart.edges.filter(({ id }) => !edges.has(id)).map(({ id }) => `never over ${id}`),
  ];
}

/** The file documents the root, and a parallel state documents its regions. */
function undescribed({ nodes }: Chart): string[] {
  const parallel = new Set(nodes.filter(({ kind }) => kind === 'parallel').map(({ id }) => id));
  return nodes
    .filter(({ parent }) => parent !== null && !parallel.has(parent))
    .filter(({ description }) => !description)
    .map(({ id }) => `${id} has no description`);
}

const unnamed = ({ edges }: Chart): string[] =>
  edges
    .filter(({ guard, actions }) => [guard, ...actions].some((name) => name === 'inline'))
    .map(({ id }) => `${id} has a guard or an action without a name`);

/** Timers, invocations, history states and hidden actions: a replay of events cannot reproduce them. */
function impure(node: AnyStateNode): string[] {
  const found = [
    node.after.length > 0 && 'after',
    node.invoke.length > 0 && 'invoke',
    node.always !== undefined && 'always',
    node.type === 'history' && 'history',
    node.entry.length > 0 && 'entry',
    node.exit.length > 0 && 'exit',
  ].filter((what) => what !== false);
  return [
    ...found.map((what) => `${node.id} has ${what}`),
    ...Object.values(node.states).flatMap(impure),
  ];
}
