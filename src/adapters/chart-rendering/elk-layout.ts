import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildDiagram } from '../../charts/diagram/diagram.ts';
import { type Direction, elkGraph } from '../../charts/layout/elk-graph.ts';
import { type Layout, parseElkLayout } from '../../charts/layout/layout.ts';
import { layoutPenalty } from '../../charts/layout/layout-score.ts';
import { type Variant, variants } from '../../charts/layout/layout-variants.ts';
import { pinnedLayout } from '../../charts/layout/pinned-layouts.ts';
import type { Chart } from '../../charts/model/chart.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Answered, Asked } from './elk-worker.ts';

export interface LayOutOptions {
  /** States whose inside is not drawn (`collapsedBelow` gives those of a depth). Default: none. */
  readonly collapsed?: readonly string[];
  /** Where a life runs to. Default: down. */
  readonly direction?: Direction;
  readonly within?: Millis;
  /** The ways to try; default: the one that is pinned for this picture, else all. */
  readonly ways?: readonly Variant[];
}

/**
 * Lays out a chart, as well as ELK can: every way is tried, and the one that is read best is taken.
 *
 * Done in a thread of its own that is ended after `within`, because some graphs keep ELK busy for ever;
 * what was found until then counts. The ways of our own machines are pinned, so that their pictures do
 * not depend on how fast the machine is.
 * @throws {Fault} `not-drawn` where no way led anywhere
 */
export async function layoutChart(
  chart: Chart,
  { collapsed = [], direction = 'down', within = seconds(10), ways }: LayOutOptions = {},
): Promise<Layout> {
  const picture = buildDiagram(chart, collapsed);
  const tried = ways ?? pinnedLayout(chart.hash, collapsed, direction) ?? variants;
  const graphs = tried.map((variant) => elkGraph(picture, variant, direction));
  let best: { readonly layout: Layout; readonly score: number } | undefined;
  let failed = `there was no answer within ${within / 1000} s`;
  for await (const answered of answers({ graphs }, within)) {
    if ('failed' in answered) {
      failed = answered.failed;
      continue;
    }
    const variant = tried[answered.n]?.name ?? '';
    const layout = parseElkLayout(answered.graph, {
      chart,
      picture,
      collapsed,
      direction,
      variant,
    });
    const scored = { layout, score: layoutPenalty(layout) };
    if (!best || scored.score < best.score) best = scored;
  }
  if (best) return best.layout;
  throw new Fault('not-drawn', `the chart of '${chart.machine}' could not be laid out: ${failed}`, {
    hint: 'draw less of it (--depth 1), or as text: --format mermaid, dot or text need no layout',
  });
}

/** The thread's answers until it ends, or the time is over. */
async function* answers(asked: Asked, within: Millis): AsyncGenerator<Answered, void, undefined> {
  const script = new URL(`./elk-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(script, { execArgv: [], env: {} });
  const waiting: Answered[] = [];
  let over = false;
  let broken: Error | undefined;
  let wake = (): void => {};
  const end = (error?: Error): void => {
    over = true;
    broken ??= error;
    wake();
  };
  worker.on('message', (answered: Answered) => {
    waiting.push(answered);
    wake();
  });
  worker.once('error', end);
  worker.once('exit', () => end());
  const late = setTimeout(end, within);
  try {
    worker.postMessage(asked);
    for (;;) {
      const next = waiting.shift();
      if (next) yield next;
      else if (over) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (broken) throw broken;
  } finally {
    clearTimeout(late);
    await worker.terminate();
  }
}
