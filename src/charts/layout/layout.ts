import type { Box, Diagram, DiagramEdge, LabelLine } from '../diagram/diagram.ts';
import { measures } from '../diagram/sizes.ts';
import type { Chart } from '../model/chart-data.ts';
import { type ElkGraph, type ElkLine, elkIds } from './elk-graph.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface LayoutEdge {
  readonly source: string;
  readonly target: string;
  readonly points: readonly Point[];
  /** The area of its label lines, one below the other. */
  readonly label: Area;
  readonly labelLines: readonly LabelLine[];
}

/** Lines that meet at a label, and the line that goes on from there. */
export interface LayoutJunction {
  readonly target: string;
  readonly inlets: readonly {
    readonly source: string;
    readonly edges: readonly string[];
    readonly points: readonly Point[];
  }[];
  readonly label: Area;
  readonly labelLines: readonly LabelLine[];
  readonly points: readonly Point[];
}

/** The arrow from a dot to the initial state. */
export interface InitialArrow {
  readonly target: string;
  readonly dot: Point;
  readonly points: readonly Point[];
}

/**
 * A chart with coordinates: all that is needed to draw it, as JSON.
 *
 * Always the same for the same hash and collapsed states.
 */
export interface Layout {
  readonly machine: string;
  readonly hash: string;
  /** States that are drawn without their inner states. */
  readonly collapsed: readonly string[];
  readonly width: number;
  readonly height: number;
  /** A parent before its children. */
  readonly boxes: readonly (Box & Area)[];
  readonly edges: readonly LayoutEdge[];
  readonly junctions: readonly LayoutJunction[];
  readonly initialArrows: readonly InitialArrow[];
}

/** Reads the coordinates from ELK's output. */
export function parseElkLayout(
  graph: ElkGraph,
  {
    chart,
    diagram,
    collapsed,
  }: {
    readonly chart: Chart;
    readonly diagram: Diagram;
    readonly collapsed: readonly string[];
  },
): Layout {
  const nodes = new Map<string, ElkGraph>();
  const edges = new Map<string, ElkLine>();
  const gather = (node: ElkGraph): void => {
    nodes.set(node.id, node);
    for (const edge of node.edges ?? []) edges.set(edge.id, edge);
    node.children?.forEach(gather);
  };
  gather(graph);
  const { titleHeight } = measures;
  const down = ({ x = 0, y = 0 }: Partial<Point> = {}): Point => ({ x, y: y + titleHeight });
  const bendsOf = (id: string): readonly Point[] =>
    (edges.get(id)?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
      [startPoint, ...bendPoints, endPoint].map(down),
    );
  const pointsOf = (id: string): readonly Point[] => straightened(bendsOf(id));
  const areaOf = (id: string): Area => {
    const { width = 0, height = 0, ...corner } = nodes.get(id) ?? { id };
    return { ...down(corner), width, height };
  };
  const startOf = (owner: number | 'machine', target: string): InitialArrow => {
    const { x, y, width, height } = areaOf(elkIds.dot(owner));
    const dot = { x: x + width / 2, y: y + height / 2 };
    return { target, dot, points: pointsOf(elkIds.start(owner)) };
  };
  const labelOf = (line: DiagramEdge, index: number): LayoutEdge => {
    const label = edges.get(elkIds.line(index))?.labels?.[0];
    const { width = 0, height = 0 } = label ?? {};
    return {
      ...line,
      points: pointsOf(elkIds.line(index)),
      label: { ...down(label), width, height },
    };
  };
  return {
    machine: chart.machine,
    hash: chart.hash,
    collapsed,
    width: Math.max(240, Math.ceil(graph.width ?? 0)),
    height: Math.ceil((graph.height ?? 0) + titleHeight),
    boxes: diagram.boxes.map((box, index) => ({ ...box, ...areaOf(elkIds.box(index)) })),
    edges: diagram.edges.map(labelOf),
    junctions: diagram.junctions.map(({ sources, target, labelLines }, n) => ({
      target,
      inlets: sources.map((one, from) => ({
        ...one,
        // Where lines meet, no end may move.
        points: withoutJog(bendsOf(elkIds.intoJunction(n, from))),
      })),
      label: areaOf(elkIds.junction(n)),
      labelLines,
      points: withoutJog(bendsOf(elkIds.outOfJunction(n)).toReversed()).reverse(),
    })),
    initialArrows: [
      ...(diagram.initial === null ? [] : [startOf('machine', diagram.initial)]),
      ...diagram.boxes.flatMap(({ initial }, index) =>
        initial === null ? [] : [startOf(index, initial)],
      ),
    ],
  };
}

/** A sideways step shorter than this comes from ELK's rounding of where a line leaves a box. */
const maxJog = 5;

/** Removes a jog at either end: the end moves along its box instead. */
function straightened(points: readonly Point[]): readonly Point[] {
  return withoutJog([...withoutJog(points)].reverse()).reverse();
}

function withoutJog(points: readonly Point[]): Point[] {
  const [a, b, c, d, ...rest] = points;
  if (!a || !b || !c || !d) return [...points];
  if (Math.hypot(c.x - b.x, c.y - b.y) > maxJog) return [...points];
  const start = { x: a.x + c.x - b.x, y: a.y + c.y - b.y };
  return withoutJog([start, d, ...rest]);
}
