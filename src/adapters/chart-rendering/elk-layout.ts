import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildDiagram } from '../../charts/diagram/diagram.ts';
import { type ElkGraph, elkGraph } from '../../charts/layout/elk-graph.ts';
import { type Layout, parseElkLayout } from '../../charts/layout/layout.ts';
import type { Chart } from '../../charts/model/chart-data.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { ElkResult } from './elk-worker.ts';

export interface LayoutOptions {
  /** States that are drawn without their inner states (`collapsedBelow` gives those of a depth). Default: none. */
  readonly collapsed?: readonly string[];
  /** Time limit. Default: 10 s. */
  readonly within?: Millis;
}

/**
 * Lays out a chart with ELK.
 * @throws {Fault} `not-drawn` if ELK fails or exceeds the time limit
 */
export async function layoutChart(
  chart: Chart,
  { collapsed = [], within = seconds(10) }: LayoutOptions = {},
): Promise<Layout> {
  const diagram = buildDiagram(chart, collapsed);
  const result = await runElk(elkGraph(diagram), within);
  if ('graph' in result) return parseElkLayout(result.graph, { chart, diagram, collapsed });
  throw new Fault('not-drawn', `cannot lay out the chart of '${chart.machine}': ${result.failed}`, {
    hint: 'draw less of it (--depth 1), or as text: --format mermaid, dot or text need no layout',
  });
}

/**
 * Runs ELK in a worker thread and terminates the thread at the time limit: ELK computes without a
 * pause, and for some graphs without an end.
 */
export async function runElk(graph: ElkGraph, within: Millis): Promise<ElkResult> {
  const script = new URL(`./elk-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(script, { execArgv: [], env: {} });
  const limit = AbortSignal.timeout(within);
  try {
    worker.postMessage(graph);
    const [result] = await once(worker, 'message', { signal: limit });
    return result as ElkResult;
  } catch (error) {
    if (limit.aborted) return { failed: `no layout within ${within / 1000} s` };
    throw error;
  } finally {
    await worker.terminate();
  }
}
