import type { Chart } from '../model/chart.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/**
 * A chart for Graphviz: states that hold others are clusters, and lines end at their borders.
 *
 * The font is one that Graphviz knows the widths of without having it: with another, words leave boxes.
 */
export function dotOf(chart: Chart): string {
  const tree = treeOf(chart);
  const lines = chart.edges.flatMap((edge) =>
    (edge.targets.length === 0 ? [edge.source] : edge.targets).map((target) =>
      lineOf(tree, edge.source, target, labelText(labelOf(edge))),
    ),
  );
  return [
    `digraph ${quoted(chart.machine)} {`,
    `  label=${quoted(`${chart.machine} #${chart.hash}`)};`,
    '  compound=true; rankdir=TB; labelloc=t; fontname="Helvetica,Arial";',
    '  node [shape=box, style=rounded, fontname="Helvetica,Arial"];',
    '  edge [fontname="Helvetica,Arial", fontsize=11];',
    ...inside(tree, tree.root, '  '),
    ...lines.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

function inside(tree: Tree, parent: TreeNode, indent: string): readonly string[] {
  const { initial, kind, id } = parent.node;
  const dot = beginning(id);
  const first =
    initial !== null && kind === 'compound'
      ? [
          `${indent}${quoted(dot)} [shape=point, width=0.12];`,
          `${indent}${lineOf(tree, dot, initial)}`,
        ]
      : [];
  return [...first, ...parent.children.flatMap((child) => stateLines(tree, child, indent))];
}

function stateLines(tree: Tree, one: TreeNode, indent: string): readonly string[] {
  const { node, name, children, parent } = one;
  if (children.length > 0) {
    const style = parent?.node.kind === 'parallel' ? 'rounded,dashed' : 'rounded';
    return [
      `${indent}subgraph ${quoted(`cluster ${node.id}`)} {`,
      `${indent}  label=${quoted(name)}; style=${quoted(style)};`,
      // A line to a cluster needs a node in it to lead to.
      `${indent}  ${quoted(node.id)} [shape=point, style=invis, width=0, height=0, label=""];`,
      ...inside(tree, one, `${indent}  `),
      `${indent}}`,
    ];
  }
  const shape = {
    atomic: '',
    compound: '',
    parallel: '',
    final: ', peripheries=2',
    history: ', shape=circle',
  }[node.kind];
  const label = node.kind === 'history' ? 'H' : name;
  return [`${indent}${quoted(node.id)} [label=${quoted(label)}${shape}];`];
}

function lineOf(tree: Tree, source: string, target: string, label?: string): string {
  const attributes = [
    // A space on either side, or two labels beside each other read as one.
    ...(label === undefined ? [] : [`label=${quoted(` ${label} `)}`]),
    ...(holds(tree, source) ? [`ltail=${quoted(`cluster ${source}`)}`] : []),
    ...(holds(tree, target) ? [`lhead=${quoted(`cluster ${target}`)}`] : []),
  ];
  const how = attributes.length > 0 ? ` [${attributes.join(', ')}]` : '';
  return `${quoted(source)} -> ${quoted(entryOf(tree, target))}${how};`;
}

/** Lines in and lines out meet in no point: their labels would be written over each other. */
function entryOf(tree: Tree, target: string): string {
  const { kind, initial } = tree.get(target)?.node ?? {};
  return kind === 'compound' && initial !== null ? beginning(target) : target;
}

const beginning = (id: string): string => `${id} begins`;

const holds = (tree: Tree, id: string): boolean => (tree.get(id)?.children.length ?? 0) > 0;

const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replace(/\r?\n|\r/g, '\\n')}"`;
