import type { Chart } from '../model/chart.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/**
 * A chart for Mermaid, which GitHub draws. The transitions come before the bodies of the states that
 * hold others: the other way round, Mermaid draws inner states outside of them.
 */
export function mermaidOf(chart: Chart): string {
  const tree = treeOf(chart);
  const names = namesOf(tree);
  const name = (id: string): string => names.get(id) ?? 'unknown';
  const lines = chart.edges.flatMap((edge) =>
    (edge.targets.length === 0 ? [edge.source] : edge.targets).map(
      (target) => `  ${name(edge.source)} --> ${name(target)}: ${text(labelText(labelOf(edge)))}`,
    ),
  );
  return [
    ...['stateDiagram-v2', '  direction TB', ...lines],
    ...rootLines(chart, tree.root, name),
    ...inside(tree.root, name, '  '),
    '',
  ].join('\n');
}

/** What can happen in every state starts at a state beside them, that is called like the machine. */
function rootLines(chart: Chart, { node }: TreeNode, name: Name): readonly string[] {
  const meant = chart.edges.some(({ source, targets }) => [source, ...targets].includes(node.id));
  return meant ? [`  state "${text(chart.machine)}" as ${name(node.id)}`] : [];
}

type Name = (id: string) => string;

function inside(parent: TreeNode, name: Name, indent: string): readonly string[] {
  const { initial, kind } = parent.node;
  const first =
    initial !== null && kind === 'compound' ? [`${indent}[*] --> ${name(initial)}`] : [];
  return [
    ...first,
    ...parent.children.flatMap((child, n) => [
      ...(kind === 'parallel' && n > 0 ? [`${indent}--`] : []),
      ...stateLines(child, name, indent),
    ]),
  ];
}

function stateLines(one: TreeNode, name: Name, indent: string): readonly string[] {
  const called = name(one.node.id);
  const state = `${indent}state "${text(one.node.kind === 'history' ? 'H' : one.name)}" as ${called}`;
  if (one.children.length > 0) {
    return [`${state} {`, ...inside(one, name, `${indent}  `), `${indent}}`];
  }
  return one.node.kind === 'final' ? [state, `${indent}${called} --> [*]`] : [state];
}

/** Words of Mermaid's own, each with the machine's name before it, so that none is a keyword. */
function namesOf({ all }: Tree): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    all.map(({ node }) => {
      let name = node.id.replace(/[^A-Za-z0-9]/g, '_');
      if (taken.has(name) || !/^[A-Za-z]\w*_/.test(name)) name = `state_${taken.size}_${name}`;
      taken.add(name);
      return [node.id, name];
    }),
  );
}

/** Whatever Mermaid could take for syntax, spelt by number. */
const text = (raw: string): string =>
  raw.replace(/[^A-Za-z0-9 .,/()[\]'_-]/gu, (char) => `#${char.codePointAt(0)};`);
