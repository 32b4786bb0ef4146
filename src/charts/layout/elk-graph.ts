import type { Box, Diagram, Junction } from '../diagram/diagram.ts';
import { labelSize, measures, sizeOf } from '../diagram/sizes.ts';

/** ELK's input and, with coordinates, its output. */
export interface ElkGraph {
  readonly id: string;
  readonly layoutOptions?: Readonly<Record<string, string>>;
  readonly children?: readonly ElkGraph[];
  readonly edges?: readonly ElkLine[];
  readonly ports?: readonly ElkPort[];
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
  /** ELK does not place a label without text. */
  readonly text: string;
  readonly layoutOptions: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}

interface ElkPort {
  readonly id: string;
  readonly layoutOptions: Readonly<Record<string, string>>;
  readonly x: number;
  readonly y: number;
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

/** ELK ids are numbered, because a state can have any name. */
export const elkIds = {
  box: (index: number) => `box-${index}`,
  line: (index: number) => `line-${index}`,
  dot: (owner: number | 'machine') => `dot-${owner}`,
  start: (owner: number | 'machine') => `start-${owner}`,
  junction: (index: number) => `junction-${index}`,
  intoJunction: (index: number, source: number) => `junction-${index}-from-${source}`,
  outOfJunction: (index: number) => `junction-${index}-on`,
};

/** Converts a diagram to ELK's input. */
export function elkGraph(diagram: Diagram): ElkGraph {
  const indexes = new Map(diagram.boxes.map(({ id }, index) => [id, index]));
  const idOf = (id: string) => elkIds.box(indexes.get(id) ?? -1);
  const dot = (owner: number | 'machine'): ElkGraph => ({
    id: elkIds.dot(owner),
    width: measures.dot,
    height: measures.dot,
  });
  const start = (owner: number | 'machine', initial: string): ElkLine => ({
    id: elkIds.start(owner),
    sources: [elkIds.dot(owner)],
    targets: [idOf(initial)],
  });
  const childrenOf = (parent: string | null): readonly ElkGraph[] => [
    ...diagram.boxes.filter((box) => box.parent === parent).map(nodeOf),
    ...diagram.junctions.flatMap((one, n) => (one.parent === parent ? [junctionNode(one, n)] : [])),
  ];
  const nodeOf = (box: Box): ElkGraph => {
    const index = indexes.get(box.id) ?? -1;
    const size = sizeOf(box);
    const children = childrenOf(box.id);
    if (children.length === 0) return { id: elkIds.box(index), layoutOptions: alignTop, ...size };
    return {
      id: elkIds.box(index),
      layoutOptions: { ...layered, ...padding(size), ...alignTop },
      children: box.initial === null ? children : [dot(index), ...children],
      edges: box.initial === null ? [] : [start(index, box.initial)],
    };
  };
  const { initial } = diagram;
  return {
    id: 'machine',
    layoutOptions: { ...layered, ...root },
    children: initial === null ? childrenOf(null) : [dot('machine'), ...childrenOf(null)],
    edges: [
      ...(initial === null ? [] : [start('machine', initial)]),
      ...diagram.edges.map((line, index) => ({
        id: elkIds.line(index),
        sources: [idOf(line.source)],
        targets: [idOf(line.target)],
        labels: [
          { id: `label-${index}`, text: 'label', layoutOptions: inline, ...labelSize(line) },
        ],
      })),
      ...diagram.junctions.flatMap(({ sources, target }, n) => [
        ...sources.map(({ source }, from) => ({
          id: elkIds.intoJunction(n, from),
          sources: [idOf(source)],
          targets: [`${elkIds.junction(n)}-in`],
        })),
        {
          id: elkIds.outOfJunction(n),
          sources: [`${elkIds.junction(n)}-out`],
          targets: [idOf(target)],
        },
      ]),
    ],
  };
}

/** A junction is a node of the size of its label; all lines enter at one point and leave at one. */
function junctionNode(junction: Junction, index: number): ElkGraph {
  const { width, height } = labelSize(junction);
  // Even, so that ELK rounds no line beside its port.
  const size = { width: 2 * Math.ceil(width / 2), height };
  const id = elkIds.junction(index);
  const port = (name: string, side: string, y: number) => ({
    id: `${id}-${name}`,
    layoutOptions: { 'elk.port.side': side },
    ...{ x: size.width / 2, y },
  });
  return {
    id,
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
    ...size,
    ports: [port('in', 'NORTH', 0), port('out', 'SOUTH', size.height)],
  };
}

/** Every level needs `INCLUDE_CHILDREN`: otherwise ELK does not route lines between levels. */
const layered = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  // Not STRETCH_WIDTH: with nested states it never returns.
  'elk.layered.layering.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '20',
  'elk.spacing.nodeNode': '34',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '6',
  'elk.spacing.labelNode': '8',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** Regions start at the same height. */
const alignTop = { 'elk.alignment': 'TOP' };

const inline = { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' };

const root = {
  // For the root only: on a nested state ELK throws.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.padding': `[top=${measures.margin},left=${measures.margin},bottom=${measures.margin},right=${measures.margin}]`,
  // Coordinates from the corner of the picture, not of the parent.
  'json.edgeCoords': 'ROOT',
  'json.shapeCoords': 'ROOT',
};

const padding = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  'elk.padding': `[top=${height + 6},left=18,bottom=18,right=18]`,
  'elk.nodeSize.constraints': 'MINIMUM_SIZE',
  'elk.nodeSize.minimum': `(${width},${height + 40})`,
});
