import type { Overlay } from '../model/overlay.ts';
import { attributeWord, escapeXml } from './escape-xml.ts';

/** The class and data attributes of states and edges, and their counts. */
export interface Highlights {
  node(classes: string, id: string): string;
  nodeCount(id: string): number | undefined;
  edge(classes: string, ids: readonly string[]): string;
  edgeCount(ids: readonly string[]): number | undefined;
}

export function highlightAttributes(overlay: Overlay | undefined): Highlights {
  const active = new Set(overlay?.active);
  const last = new Set(overlay?.last);
  const { nodes, edges } = overlay?.counts ?? {};
  const edgeCount = (ids: readonly string[]): number | undefined => {
    const counts = ids.flatMap((id) => edges?.[id] ?? []);
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  };
  return {
    node: (classes, id) =>
      attributes(
        [classes, ...(active.has(id) ? ['active'] : [])],
        `data-node="${escapeXml(attributeWord(id))}"`,
      ),
    nodeCount: (id) => nodes?.[id],
    edgeCount,
    edge: (classes, ids) => {
      const isLast = ids.some((id) => last.has(id));
      const isUntaken = edges !== undefined && !isLast && (edgeCount(ids) ?? 0) === 0;
      return attributes(
        [classes, ...(isLast ? ['last'] : []), ...(isUntaken ? ['untaken'] : [])],
        `data-edge="${escapeXml(ids.map(attributeWord).join(' '))}"`,
      );
    },
  };
}

const attributes = (classes: readonly string[], data: string): string =>
  `class="${classes.join(' ')}" ${data}`;
