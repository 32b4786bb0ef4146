import type { Chart } from '../model/chart-data.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/**
 * A chart in Graphviz's DOT format. States with inner states are clusters, and edges end at their borders.
 *
 * Graphviz has the widths of this font built in. With another font, texts overflow their boxes.
 */
export function dotOf(chart: Chart): string {
  const tree = treeOf(chart);
  const edges = chart.edges.flatMap((edge) =>
    (edge.targets.length === 0 ? [edge.source] : edge.targets).map((target) =>
      edgeLine(tree, edge.source, target, labelText(labelOf(edge))),
    ),
  );
  return [
    `digraph ${quoted(chart.machine)} {`,
    `  label=${quoted(`${chart.machine} #${chart.hash}`)};`,
    '  compound=true; rankdir=TB; labelloc=t; fontname="Helvetica,Arial";',
    '  node [shape=box, style=rounded, fontname="Helvetica,Arial"];',
    '  edge [fontname="Helvetica,Arial", fontsize=11];',
    ...innerLines(tree, tree.root, '  '),
    ...edges.map((edge) => `  ${edge}`),
    '}',
    '',
  ].join('\n');
}

function innerLines(tree: Tree, parent: TreeNode, indent: string): readonly string[] {
  const { initial, kind, id } = parent.node;
  const dot = entryNode(id);
  const first =
    initial !== null && kind === 'compound'
      ? [
          `${indent}${quoted(dot)} [shape=point, width=0.12];`,
          `${indent}${edgeLine(tree, dot, initial)}`,
        ]
      : [];
  return [...first, ...parent.children.flatMap((child) => stateLines(tree, child, indent))];
}

function stateLines(tree: Tree, state: TreeNode, indent: string): readonly string[] {
  const { node, name, children, parent } = state;
  if (children.length > 0) {
    const style = parent?.node.kind === 'parallel' ? 'rounded,dashed' : 'rounded';
    return [
      `${indent}subgraph ${quoted(`cluster ${node.id}`)} {`,
      `${indent}  label=${quoted(name)}; style=${quoted(style)};`,
      // An edge to a cluster needs a node inside it as its target.
      `${indent}  ${quoted(node.id)} [shape=point, style=invis, width=0, height=0, label=""];`,
      ...innerLines(tree, state, `${indent}  `),
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

function edgeLine(tree: Tree, source: string, target: string, label?: string): string {
  const attributes = [
    // Spaces separate adjacent labels.
    ...(label === undefined ? [] : [`label=${quoted(` ${label} `)}`]),
    ...(hasChildren(tree, source) ? [`ltail=${quoted(`cluster ${source}`)}`] : []),
    ...(hasChildren(tree, target) ? [`lhead=${quoted(`cluster ${target}`)}`] : []),
  ];
  const list = attributes.length > 0 ? ` [${attributes.join(', ')}]` : '';
  return `${quoted(source)} -> ${quoted(entryOf(tree, target))}${list};`;
}

/** The target node for edges to a state. It is not the node where edges leave: labels would overlap. */
function entryOf(tree: Tree, target: string): string {
  const { kind, initial } = tree.get(target)?.node ?? {};
  return kind === 'compound' && initial !== null ? entryNode(target) : target;
}

const entryNode = (id: string): string => `${id} begins`;

const hasChildren = (tree: Tree, id: string): boolean => (tree.get(id)?.children.length ?? 0) > 0;

const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replace(/\r?\n|\r/g, '\\n')}"`;
