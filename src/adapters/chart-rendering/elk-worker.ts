import { parentPort } from 'node:worker_threads';
import elkjs from 'elkjs/lib/elk.bundled.js';
import type { ElkGraph } from '../../charts/layout/elk-graph.ts';

export type ElkResult = { readonly graph: ElkGraph } | { readonly failed: string };

/** Lays out one graph, sends the result and ends. */
parentPort?.once('message', async (graph: ElkGraph) => {
  parentPort?.postMessage(await runElk(graph));
  parentPort?.close();
});

async function runElk(graph: ElkGraph): Promise<ElkResult> {
  try {
    const elk = new elkjs.default();
    const result = await elk.layout(graph as Parameters<typeof elk.layout>[0]);
    return { graph: result as unknown as ElkGraph };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
