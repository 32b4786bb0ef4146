import { describe, expect, test, vi } from 'vitest';
import { collectorMachine } from '../../../machines/collector.ts';
import { runMachine } from '../../../machines/run.ts';
import { layoutChart } from '../../../src/adapters/chart-rendering/elk-layout.ts';
import { layoutPenalty } from '../../../src/charts/layout/layout-score.ts';
import { type Variant, variants } from '../../../src/charts/layout/layout-variants.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';

/** ELK takes a second to load, more where others compute too. */
vi.setConfig({ testTimeout: 60_000 });

const chart = chartOf(collectorMachine);
const [first] = variants;
if (!first) throw new Error('there are no variants');

/** With states in states ELK never comes back from this one. */
const endless: Variant = {
  name: 'endless',
  root: { ...first.root, 'elk.layered.layering.strategy': 'STRETCH_WIDTH' },
  nested: { ...first.nested, 'elk.layered.layering.strategy': 'STRETCH_WIDTH' },
};

/** And this one it refuses. */
const refused: Variant = {
  ...first,
  name: 'refused',
  nested: { ...first.nested, 'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES' },
};

describe('laying out', () => {
  test('takes of all ways the one that is read best', async () => {
    const ways = variants.filter((_, n) => n % 4 === 0);
    const alone = await Promise.all(ways.map((way) => layoutChart(chart, { ways: [way] })));
    const scores = alone.map(layoutPenalty);
    expect(new Set(scores).size).toBeGreaterThan(1);
    expect(layoutPenalty(await layoutChart(chart, { ways }))).toBe(Math.min(...scores));
  });

  test('takes what there is where a way never ends', async () => {
    const found = await layoutChart(chart, { ways: [first, endless], within: 4000 });
    expect(found.variant).toBe(first.name);
  });

  test('takes another way where one fails', async () => {
    const found = await layoutChart(chartOf(runMachine), { ways: [refused, first] });
    expect(found.variant).toBe(first.name);
  });

  test('says so where no way leads anywhere', async () => {
    await expect(layoutChart(chart, { ways: [endless], within: 1000 })).rejects.toMatchObject({
      code: 'not-drawn',
      message: expect.stringContaining('no answer within 1 s'),
    });
  });

  test('begins at the top: first states above all others beside them', async () => {
    const { boxes, starts } = await layoutChart(chartOf(runMachine));
    for (const { target } of starts) {
      const begun = boxes.find(({ id }) => id === target);
      const beside = boxes.filter(({ id, parent }) => parent === begun?.parent && id !== target);
      for (const { id, y } of beside) expect(y, id).toBeGreaterThanOrEqual(begun?.y ?? 0);
    }
  });

  test('leaves no box outside the one that holds it', async () => {
    const { boxes } = await layoutChart(chartOf(runMachine));
    for (const box of boxes) {
      const holder = boxes.find(({ id }) => id === box.parent);
      if (!holder) continue;
      expect(box.x).toBeGreaterThanOrEqual(holder.x);
      expect(box.y).toBeGreaterThanOrEqual(holder.y);
      expect(box.x + box.width).toBeLessThanOrEqual(holder.x + holder.width);
      expect(box.y + box.height).toBeLessThanOrEqual(holder.y + holder.height);
    }
  });
});
