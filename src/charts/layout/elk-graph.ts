import type { Box, Diagram } from '../diagram/diagram.ts';
import { labelSize, measures, sizeOf } from '../diagram/sizes.ts';
import type { Variant } from './layout-variants.ts';

/** A graph as ELK takes it, and gives it back with places. */
export interface ElkGraph {
  readonly id: string;
  readonly layoutOptions?: Readonly<Record<string, string>>;
  readonly children?: readonly ElkGraph[];
  readonly edges?: readonly ElkLine[];
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface ElkLine {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly ElkLabel[];
  readonly sections?: readonly ElkSection[];
}

interface ElkLabel {
  readonly id: string;
  /** One without a text gets no place. */
  readonly text: string;
  readonly layoutOptions: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}

interface ElkPoint {
  readonly x: number;
  readonly y: number;
}

interface ElkSection {
  readonly startPoint: ElkPoint;
  readonly endPoint: ElkPoint;
  readonly bendPoints?: readonly ElkPoint[];
}

export type Direction = 'down' | 'right';

/** By number: a state may be called whatever XState lets it be called. */
export const elkIds = {
  box: (n: number) => `box-${n}`,
  line: (n: number) => `line-${n}`,
  dot: (n: number | 'machine') => `dot-${n}`,
  start: (n: number | 'machine') => `start-${n}`,
};

/** The picture as a question to ELK. */
export function elkGraph(picture: Diagram, variant: Variant, direction: Direction): ElkGraph {
  const numbers = new Map(picture.boxes.map(({ id }, n) => [id, n]));
  const idOf = (id: string) => elkIds.box(numbers.get(id) ?? -1);
  const dot = (owner: number | 'machine'): ElkGraph => ({
    id: elkIds.dot(owner),
    width: measures.dot,
    height: measures.dot,
  });
  const start = (owner: number | 'machine', first: string): ElkLine => ({
    id: elkIds.start(owner),
    sources: [elkIds.dot(owner)],
    targets: [idOf(first)],
  });
  const within = (parent: string | null): readonly ElkGraph[] =>
    picture.boxes.filter((box) => box.parent === parent).map(nodeOf);
  const nodeOf = (box: Box): ElkGraph => {
    const n = numbers.get(box.id) ?? -1;
    const size = sizeOf(box);
    const children = within(box.id);
    if (children.length === 0) return { id: elkIds.box(n), layoutOptions: atTop, ...size };
    return {
      id: elkIds.box(n),
      layoutOptions: {
        ...variant.nested,
        ...compound(size),
        ...atTop,
        'elk.direction': directions[direction],
      },
      children: box.initial === null ? children : [dot(n), ...children],
      edges: box.initial === null ? [] : [start(n, box.initial)],
    };
  };
  const { initial } = picture;
  return {
    id: 'machine',
    layoutOptions: { ...common, ...variant.root, 'elk.direction': directions[direction] },
    children: initial === null ? within(null) : [dot('machine'), ...within(null)],
    edges: [
      ...(initial === null ? [] : [start('machine', initial)]),
      ...picture.lines.map((line, n) => ({
        id: elkIds.line(n),
        sources: [idOf(line.source)],
        targets: [idOf(line.target)],
        labels: [{ id: `label-${n}`, text: 'words', layoutOptions: onLine, ...labelSize(line) }],
      })),
    ],
  };
}

const directions: Readonly<Record<Direction, string>> = { down: 'DOWN', right: 'RIGHT' };

/** Without `INCLUDE_CHILDREN` on every level a line between levels is routed by none of them. */
const every = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '34',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '6',
  'elk.spacing.labelNode': '8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** Regions begin side by side. */
const atTop = { 'elk.alignment': 'TOP' };

const onLine = { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' };

const common = {
  ...every,
  'elk.padding': `[top=${measures.margin},left=${measures.margin},bottom=${measures.margin},right=${measures.margin}]`,
  // Places from the picture's corner, not from that of whatever a thing lies in.
  'json.edgeCoords': 'ROOT',
  'json.shapeCoords': 'ROOT',
};

const compound = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  ...every,
  'elk.padding': `[top=${height + 6},left=18,bottom=18,right=18]`,
  'elk.nodeSize.constraints': 'MINIMUM_SIZE',
  'elk.nodeSize.minimum': `(${width},${height + 40})`,
});
