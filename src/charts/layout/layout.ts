import type { Box, Diagram, DiagramEdge, LabelLine } from '../diagram/diagram.ts';
import { measures } from '../diagram/sizes.ts';
import type { Chart } from '../model/chart.ts';
import { type Direction, type ElkGraph, type ElkLine, elkIds } from './elk-graph.ts';

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
  /** Where its rows stand, one below the other. */
  readonly label: Area;
  readonly rows: readonly LabelLine[];
}

/** The dot from which a state's first state is entered. */
export interface InitialArrow {
  readonly target: string;
  readonly dot: Point;
  readonly points: readonly Point[];
}

/**
 * A chart with a place for everything: all that a picture of it needs, as JSON.
 *
 * Immutable like its chart: the same for the same hash, direction and collapsed states.
 */
export interface Layout {
  readonly machine: string;
  readonly hash: string;
  readonly direction: Direction;
  /** The states whose inside is not drawn. */
  readonly collapsed: readonly string[];
  /** Which way of asking ELK it came from. */
  readonly variant: string;
  readonly width: number;
  readonly height: number;
  /** A parent before its children. */
  readonly boxes: readonly (Box & Area)[];
  readonly lines: readonly LayoutEdge[];
  readonly starts: readonly InitialArrow[];
}

/** What ELK gave back for a picture, read. */
export function parseElkLayout(
  graph: ElkGraph,
  of: {
    readonly chart: Chart;
    readonly picture: Diagram;
    readonly collapsed: readonly string[];
    readonly direction: Direction;
    readonly variant: string;
  },
): Layout {
  const { chart, picture, ...rest } = of;
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
  const pointsOf = (id: string): readonly Point[] =>
    straightened(
      (edges.get(id)?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
        [startPoint, ...bendPoints, endPoint].map(down),
      ),
    );
  const areaOf = (id: string): Area => {
    const { width = 0, height = 0, ...at } = nodes.get(id) ?? { id };
    return { ...down(at), width, height };
  };
  const startOf = (owner: number | 'machine', target: string): InitialArrow => {
    const { x, y, width, height } = areaOf(elkIds.dot(owner));
    const dot = { x: x + width / 2, y: y + height / 2 };
    return { target, dot, points: pointsOf(elkIds.start(owner)) };
  };
  const labelOf = (line: DiagramEdge, n: number): LayoutEdge => {
    const label = edges.get(elkIds.line(n))?.labels?.[0];
    const { width = 0, height = 0 } = label ?? {};
    return { ...line, points: pointsOf(elkIds.line(n)), label: { ...down(label), width, height } };
  };
  return {
    machine: chart.machine,
    hash: chart.hash,
    ...rest,
    width: Math.max(240, Math.ceil(graph.width ?? 0)),
    height: Math.ceil((graph.height ?? 0) + titleHeight),
    boxes: picture.boxes.map((box, n) => ({ ...box, ...areaOf(elkIds.box(n)) })),
    lines: picture.lines.map(labelOf),
    starts: [
      ...(picture.initial === null ? [] : [startOf('machine', picture.initial)]),
      ...picture.boxes.flatMap(({ initial }, n) => (initial === null ? [] : [startOf(n, initial)])),
    ],
  };
}

/** Less than this to the side is no turn, but ELK's rounding of where a line leaves a box. */
const jog = 5;

/** Without a jog at either end: the end moves along its box instead. */
function straightened(points: readonly Point[]): readonly Point[] {
  return withoutJog([...withoutJog(points)].reverse()).reverse();
}

function withoutJog(points: readonly Point[]): Point[] {
  const [a, b, c, d, ...rest] = points;
  if (!a || !b || !c || !d) return [...points];
  const aside = Math.hypot(c.x - b.x, c.y - b.y);
  if (aside > jog) return [...points];
  const moved = { x: a.x + c.x - b.x, y: a.y + c.y - b.y };
  return withoutJog([moved, d, ...rest]);
}
