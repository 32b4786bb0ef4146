import type { Chart, ChartEdge } from '../model/chart.ts';
import type { Overlay } from '../model/overlay.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/** What a part of a line is, for whoever colours it. */
export type LineStyle = 'frame' | 'name' | 'active' | 'text' | 'last' | 'dim';

export interface TextTreeLine {
  /** The state or the transition that it tells of. */
  readonly node: string;
  readonly edge?: string;
  readonly parts: readonly (readonly [tone: LineStyle, text: string])[];
}

export interface TextTreeOptions {
  readonly overlay?: Overlay;
  /** `all`, or only states that are active: of the others only what was taken is told. */
  readonly open?: 'all' | 'active';
}

/**
 * A chart as a tree of lines: what a terminal shows, and a screen reader reads out. Under each open
 * state is what leads out of it.
 */
export function textTree(
  chart: Chart,
  { overlay, open = 'all' }: TextTreeOptions = {},
): readonly TextTreeLine[] {
  const tree = treeOf(chart);
  const told = new TextTreeBuilder(tree, overlay, open);
  const { root } = tree;
  const head: TextTreeLine = {
    node: root.node.id,
    parts: [
      ['name', chart.machine],
      ['dim', ` #${chart.hash}`],
    ],
  };
  return [head, ...told.transitions(root, ''), ...told.children(root, '')];
}

class TextTreeBuilder {
  readonly #tree: Tree;
  readonly #active: ReadonlySet<string>;
  readonly #last: ReadonlySet<string>;
  readonly #counts: Overlay['counts'];
  readonly #open: 'all' | 'active';

  constructor(tree: Tree, overlay: Overlay | undefined, open: 'all' | 'active') {
    this.#tree = tree;
    this.#active = new Set(overlay?.active);
    this.#last = new Set(overlay?.last);
    this.#counts = overlay?.counts;
    this.#open = open;
  }

  children({ children }: TreeNode, indent: string): readonly TextTreeLine[] {
    return children.flatMap((child, n) => {
      const isLast = n === children.length - 1;
      const inner = `${indent}${isLast ? '   ' : '│  '}`;
      const head = this.#head(child, `${indent}${isLast ? '└─' : '├─'}`);
      const transitions = this.transitions(child, inner);
      return this.#isOpen(child)
        ? [head, ...transitions, ...this.children(child, inner)]
        : [head, ...transitions.filter(({ edge }) => edge !== undefined && this.#taken(edge))];
    });
  }

  transitions(one: TreeNode, indent: string): readonly TextTreeLine[] {
    const frame = `${indent}${one.children.length > 0 ? '│ ' : '  '}`;
    return one.edges.map((edge) => ({
      node: one.node.id,
      edge: edge.id,
      parts: [['frame', frame], ...this.#edgeParts(edge, one)],
    }));
  }

  #edgeParts(edge: ChartEdge, one: TreeNode): TextTreeLine['parts'] {
    const stays = edge.targets.every((target) => target === one.node.id);
    const targets = stays ? '' : ` ⇒ ${edge.targets.map((id) => this.#called(id)).join(', ')}`;
    const count = this.#counts?.edges?.[edge.id];
    const isLast = this.#last.has(edge.id);
    return [
      [isLast ? 'last' : 'text', `${stays ? '↻' : '→'} ${labelText(labelOf(edge))}${targets}`],
      ...(count === undefined || count === 0 ? [] : ([['dim', `  ×${count}`]] as const)),
      ...(isLast ? ([['last', '  ◂ last']] as const) : []),
    ];
  }

  #head(one: TreeNode, frame: string): TextTreeLine {
    const { node, name } = one;
    const active = this.#active.has(node.id);
    const leaf = one.children.length === 0;
    const count = this.#counts?.nodes?.[node.id];
    return {
      node: node.id,
      parts: [
        ['frame', frame],
        [active ? 'active' : 'text', `${this.#glyph(one)} ${name}`],
        ...(active && leaf ? ([['active', ' ◂ now']] as const) : []),
        ...(count === undefined || count === 0 ? [] : ([['dim', `  ×${count}`]] as const)),
        ...(node.description === null
          ? []
          : ([['dim', `  ${node.description.replace(/\s+/g, ' ')}`]] as const)),
      ],
    };
  }

  #glyph(one: TreeNode): string {
    const { kind, id } = one.node;
    if (kind === 'history') return 'H';
    if (kind === 'parallel') return '‖';
    if (one.children.length > 0) return this.#isOpen(one) ? '▾' : '▸';
    if (this.#active.has(id)) return '●';
    return kind === 'final' ? '◉' : '○';
  }

  #taken(edge: string): boolean {
    return this.#last.has(edge) || (this.#counts?.edges?.[edge] ?? 0) > 0;
  }

  #isOpen({ node }: TreeNode): boolean {
    return this.#open === 'all' || this.#active.has(node.id);
  }

  /** By its own name, where no other state has the same. */
  #called(id: string): string {
    const one = this.#tree.get(id);
    if (!one) return id;
    const others = this.#tree.all.filter(({ name }) => name === one.name);
    return others.length === 1 ? one.name : id;
  }
}
