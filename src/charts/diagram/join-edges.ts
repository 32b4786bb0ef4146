import { labelText } from '../model/transition-label.ts';
import type { Box, DiagramEdge, Junction, LabelLine } from './diagram.ts';

interface Shared {
  readonly text: string;
  readonly lines: { readonly edge: DiagramEdge; readonly line: LabelLine }[];
}

/**
 * Moves label lines that several states have in common into junctions. The states are siblings, and the
 * target comes after them in the chart: towards an earlier one, lines that meet would run upwards. Regions
 * keep their own lines, because a junction would stand among them like one more region.
 */
export function joinEdges(
  edges: readonly DiagramEdge[],
  boxes: readonly Box[],
): { readonly edges: readonly DiagramEdge[]; readonly junctions: readonly Junction[] } {
  const order = new Map(boxes.map(({ id }, index) => [id, index]));
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const parentOf = (id: string) => byId.get(id)?.parent ?? null;
  const isInside = (id: string | null, outer: string): boolean =>
    id !== null && (id === outer || isInside(parentOf(id), outer));
  const shared = new Map<string, Shared>();
  for (const edge of edges) {
    const { source, target } = edge;
    const isBackward = (order.get(source) ?? 0) > (order.get(target) ?? 0);
    if (isBackward || isInside(target, source) || byId.get(source)?.region) continue;
    for (const line of edge.labelLines) {
      const text = labelText(line);
      const key = JSON.stringify([parentOf(source), target, text]);
      const one = shared.get(key) ?? { text, lines: [] };
      shared.set(key, one);
      one.lines.push({ edge, line });
    }
  }
  const junctions = new Map<string, Junction>();
  const moved = new Set<LabelLine>();
  for (const { lines } of shared.values()) {
    const [first] = lines;
    if (!first || lines.length < 2) continue;
    for (const { line } of lines) moved.add(line);
    const { target } = first.edge;
    const key = JSON.stringify([target, lines.map(({ edge }) => edge.source)]);
    const before = junctions.get(key);
    junctions.set(key, {
      parent: parentOf(first.edge.source),
      target,
      sources: lines.map(({ edge: { source }, line }, n) => ({
        source,
        edges: [...(before?.sources[n]?.edges ?? []), ...line.edges],
      })),
      labelLines: [...(before?.labelLines ?? []), { ...first.line, ...mergeLines(lines) }],
    });
  }
  return {
    edges: edges.flatMap((edge) => {
      const labelLines = edge.labelLines.filter((line) => !moved.has(line));
      return labelLines.length > 0 ? [{ ...edge, labelLines }] : [];
    }),
    junctions: [...junctions.values()],
  };
}

const mergeLines = (lines: Shared['lines']): Pick<LabelLine, 'edges' | 'description'> => ({
  edges: lines.flatMap(({ line }) => line.edges),
  description: [...new Set(lines.flatMap(({ line }) => line.description ?? []))].join('\n') || null,
});
