import { parentPort } from 'node:worker_threads';
import elkjs from 'elkjs/lib/elk.bundled.js';
import type { ElkGraph } from '../../charts/layout/elk-graph.ts';

/** What is asked of the thread: the same picture, in several ways. */
export interface Asked {
  readonly graphs: readonly ElkGraph[];
}

/** One answer for each, in their order, as soon as it is there. */
export type Answered =
  | { readonly n: number; readonly graph: ElkGraph }
  | { readonly n: number; readonly failed: string };

/** ELK in a thread of its own: it computes without a pause, and for some graphs without an end. */
const elk = new elkjs.default();

parentPort?.once('message', async ({ graphs }: Asked) => {
  for (const [n, graph] of graphs.entries()) {
    parentPort?.postMessage(await layOut(graph, n));
  }
  parentPort?.close();
});

async function layOut(graph: ElkGraph, n: number): Promise<Answered> {
  try {
    // It is written into and given back: what has no place before has one then.
    const placed = await elk.layout(graph as Parameters<typeof elk.layout>[0]);
    return { n, graph: placed as unknown as ElkGraph };
  } catch (error) {
    return { n, failed: error instanceof Error ? error.message : String(error) };
  }
}
