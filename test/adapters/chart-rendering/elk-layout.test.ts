import { describe, expect, test, vi } from 'vitest';
import { collectorMachine } from '../../../machines/collector.ts';
import { runMachine } from '../../../machines/run.ts';
import { layoutChart, runElk } from '../../../src/adapters/chart-rendering/elk-layout.ts';
import { buildDiagram } from '../../../src/charts/diagram/diagram.ts';
import { type ElkGraph, elkGraph } from '../../../src/charts/layout/elk-graph.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';

/** Loading ELK takes a second, and longer on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const chart = chartOf(collectorMachine);
const run = chartOf(runMachine);

/** Adds a layout option to a graph and to the states that have inner states. */
const withOption = (graph: ElkGraph, option: Readonly<Record<string, string>>): ElkGraph => ({
  ...graph,
  ...(graph.children && {
    layoutOptions: { ...graph.layoutOptions, ...option },
    children: graph.children.map((child) => withOption(child, option)),
  }),
});

describe('a layout', () => {
  test('is ended at the time limit if ELK never returns', async () => {
    const graph = withOption(elkGraph(buildDiagram(chart, [])), {
      'elk.layered.layering.strategy': 'STRETCH_WIDTH',
    });
    expect(await runElk(graph, seconds(4))).toEqual({ failed: 'no layout within 4 s' });
  });

  test('that ELK rejects is a failure with its reason', async () => {
    const graph = withOption(elkGraph(buildDiagram(run, [])), {
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    });
    expect(await runElk(graph, minutes(1))).toEqual({ failed: expect.stringMatching(/./) });
  });

  test('that fails is reported with the machine and other formats', async () => {
    await expect(layoutChart(chart, { within: seconds(0.001) })).rejects.toMatchObject({
      code: 'not-drawn',
      message: "cannot lay out the chart of 'collector': no layout within 0.001 s",
      hint: expect.stringContaining('--format mermaid'),
    });
  });

  test('of collapsed states has no boxes inside them', async () => {
    const { boxes } = await layoutChart(run, { collapsed: ['run.present'] });
    expect(boxes.find(({ id }) => id === 'run.present')?.collapsed).toBe(true);
    expect(boxes.filter(({ parent }) => parent === 'run.present')).toEqual([]);
  });

  test('has each initial state above its siblings', async () => {
    const { boxes, initialArrows } = await layoutChart(run);
    for (const { target } of initialArrows) {
      const initial = boxes.find(({ id }) => id === target);
      const siblings = boxes.filter(
        ({ id, parent }) => parent === initial?.parent && id !== target,
      );
      for (const { id, y } of siblings) expect(y, id).toBeGreaterThanOrEqual(initial?.y ?? 0);
    }
  });

  test('has every box inside the box of its parent', async () => {
    const { boxes } = await layoutChart(run);
    for (const box of boxes) {
      const parent = boxes.find(({ id }) => id === box.parent);
      if (!parent) continue;
      expect(box.x).toBeGreaterThanOrEqual(parent.x);
      expect(box.y).toBeGreaterThanOrEqual(parent.y);
      expect(box.x + box.width).toBeLessThanOrEqual(parent.x + parent.width);
      expect(box.y + box.height).toBeLessThanOrEqual(parent.y + parent.height);
    }
  });
});
