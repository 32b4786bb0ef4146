import type { Chart } from '../model/chart-data.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/**
 * A chart in Mermaid format, which GitHub draws. Transitions come before the bodies of compound
 * states: in the reverse order, Mermaid draws inner states outside of their parent.
 */
export function mermaidOf(chart: Chart): string {
  const tree = treeOf(chart);
  const names = namesOf(tree);
  const name = (id: string): string => names.get(id) ?? 'unknown';
  const transitions = chart.edges.flatMap((edge) =>
    (edge.targets.length === 0 ? [edge.source] : edge.targets).map(
      (target) => `  ${name(edge.source)} --> ${name(target)}: ${text(labelText(labelOf(edge)))}`,
    ),
  );
  return [
    ...['stateDiagram-v2', '  direction TB', ...transitions],
    ...rootLines(chart, tree.root, name),
    ...innerLines(tree.root, name, '  '),
    '',
  ].join('\n');
}

/** Transitions of the machine itself start at an extra state with the machine's name. */
function rootLines(chart: Chart, { node }: TreeNode, name: NameOf): readonly string[] {
  const hasRootEdges = chart.edges.some(({ source, targets }) =>
    [source, ...targets].includes(node.id),
  );
  return hasRootEdges ? [`  state "${text(chart.machine)}" as ${name(node.id)}`] : [];
}

type NameOf = (id: string) => string;

function innerLines(parent: TreeNode, name: NameOf, indent: string): readonly string[] {
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

function stateLines(state: TreeNode, name: NameOf, indent: string): readonly string[] {
  const id = name(state.node.id);
  const declaration = `${indent}state "${text(state.node.kind === 'history' ? 'H' : state.name)}" as ${id}`;
  if (state.children.length > 0) {
    return [`${declaration} {`, ...innerLines(state, name, `${indent}  `), `${indent}}`];
  }
  return state.node.kind === 'final' ? [declaration, `${indent}${id} --> [*]`] : [declaration];
}

/** Mermaid identifiers by state id. Each starts with the machine's name, so that none is a keyword. */
function namesOf({ all }: Tree): ReadonlyMap<string, string> {
  const used = new Set<string>();
  return new Map(
    all.map(({ node }) => {
      let name = node.id.replace(/[^A-Za-z0-9]/g, '_');
      if (used.has(name) || !/^[A-Za-z]\w*_/.test(name)) name = `state_${used.size}_${name}`;
      used.add(name);
      return [node.id, name];
    }),
  );
}

/** Escapes characters that could be Mermaid syntax. */
const text = (raw: string): string =>
  raw.replace(/[^A-Za-z0-9 .,/()[\]'_-]/gu, (char) => `#${char.codePointAt(0)};`);
