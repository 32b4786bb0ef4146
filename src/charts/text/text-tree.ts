import type { Chart, ChartEdge } from '../model/chart-data.ts';
import type { Overlay } from '../model/overlay.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText } from '../model/transition-label.ts';

/** The meaning of a part of a line. The caller chooses colours. */
export type LineStyle = 'frame' | 'name' | 'active' | 'text' | 'last' | 'dim';

export interface TextTreeLine {
  /** The state of this line, or the source of its transition. */
  readonly node: string;
  readonly edge?: string;
  readonly parts: readonly (readonly [style: LineStyle, text: string])[];
}

export interface TextTreeOptions {
  readonly overlay?: Overlay;
  /** `active` expands active states only; of other states it lists only transitions that were taken. */
  readonly open?: 'all' | 'active';
}

/**
 * A chart as lines of text, for a terminal and for screen readers. The transitions of a state are listed
 * below it.
 */
export function textTree(
  chart: Chart,
  { overlay, open = 'all' }: TextTreeOptions = {},
): readonly TextTreeLine[] {
  const tree = treeOf(chart);
  const builder = new TextTreeBuilder(tree, overlay, open);
  const { root } = tree;
  const head: TextTreeLine = {
    node: root.node.id,
    parts: [
      ['name', chart.machine],
      ['dim', ` #${chart.hash}`],
    ],
  };
  return [head, ...builder.transitions(root, ''), ...builder.children(root, '')];
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
        : [head, ...transitions.filter(({ edge }) => edge !== undefined && this.#wasTaken(edge))];
    });
  }

  transitions(state: TreeNode, indent: string): readonly TextTreeLine[] {
    const frame = `${indent}${state.children.length > 0 ? '│ ' : '  '}`;
    return state.edges.map((edge) => ({
      node: state.node.id,
      edge: edge.id,
      parts: [['frame', frame], ...this.#edgeParts(edge, state)],
    }));
  }

  #edgeParts(edge: ChartEdge, state: TreeNode): TextTreeLine['parts'] {
    const stays = edge.targets.every((target) => target === state.node.id);
    const targets = stays ? '' : ` ⇒ ${edge.targets.map((id) => this.#uniqueName(id)).join(', ')}`;
    const count = this.#counts?.edges?.[edge.id];
    const isLast = this.#last.has(edge.id);
    return [
      [isLast ? 'last' : 'text', `${stays ? '↻' : '→'} ${labelText(labelOf(edge))}${targets}`],
      ...(count === undefined || count === 0 ? [] : ([['dim', `  ×${count}`]] as const)),
      ...(isLast ? ([['last', '  ◂ last']] as const) : []),
    ];
  }

  #head(state: TreeNode, frame: string): TextTreeLine {
    const { node, name } = state;
    const active = this.#active.has(node.id);
    const leaf = state.children.length === 0;
    const count = this.#counts?.nodes?.[node.id];
    return {
      node: node.id,
      parts: [
        ['frame', frame],
        [active ? 'active' : 'text', `${this.#glyph(state)} ${name}`],
        ...(active && leaf ? ([['active', ' ◂ now']] as const) : []),
        ...(count === undefined || count === 0 ? [] : ([['dim', `  ×${count}`]] as const)),
        ...(node.description === null
          ? []
          : ([['dim', `  ${node.description.replace(/\s+/g, ' ')}`]] as const)),
      ],
    };
  }

  #glyph(state: TreeNode): string {
    const { kind, id } = state.node;
    if (kind === 'history') return 'H';
    if (kind === 'parallel') return '‖';
    if (state.children.length > 0) return this.#isOpen(state) ? '▾' : '▸';
    if (this.#active.has(id)) return '●';
    return kind === 'final' ? '◉' : '○';
  }

  #wasTaken(edge: string): boolean {
    return this.#last.has(edge) || (this.#counts?.edges?.[edge] ?? 0) > 0;
  }

  #isOpen({ node }: TreeNode): boolean {
    return this.#open === 'all' || this.#active.has(node.id);
  }

  /** The name of a state if it is unique, otherwise the id. */
  #uniqueName(id: string): string {
    const state = this.#tree.get(id);
    if (!state) return id;
    const namesakes = this.#tree.all.filter(({ name }) => name === state.name);
    return namesakes.length === 1 ? state.name : id;
  }
}
