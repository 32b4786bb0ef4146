import { expect, test } from 'vitest';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { collector, run } from '../../../src/runtime/transitions/machine-set.ts';
import {
  builtInCharts,
  chartOfRecord,
  publishCharts,
} from '../../../src/runtime/transitions/publish-charts.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const never = { get: async () => undefined };

test('every chart is published under the hash in its events', async () => {
  await using store = memoryStore(new MemoryServer(new VirtualClock()));
  await publishCharts({ charts: store.charts, log });
  await publishCharts({ charts: store.charts, log });
  for (const { name, chart } of [run, collector]) {
    const text = await store.charts.get(name, chart);
    expect(JSON.parse(text ?? '').hash).toBe(chart);
  }
  expect(builtInCharts().length).toBe(9);
});

test.each([
  ['without the permission to publish', new Fault('store-refused', 'you may not'), []],
  ['in which publishing fails unforeseen', new TypeError('what'), ['TypeError: what']],
])('a process %s continues', async (_what, cause, warned) => {
  const charts = {
    ...never,
    missing: async <C>(all: readonly C[]) => all,
    publish: async () => {
      throw cause;
    },
  };
  const warnings: unknown[] = [];
  const warn = (_event: string, fields?: Record<string, unknown>) =>
    void warnings.push(fields?.['why']);
  await publishCharts({ charts, log: { ...log, warn } });
  expect(warnings).toEqual(warned);
});

test('a chart that is already published sends nothing to the store', async () => {
  const record = { machine: 'run', chart: run.chart };
  expect(await chartOfRecord(record, never)).toMatchObject({ machine: 'run', hash: run.chart });
});

test('the chart of another machine is not accepted as the chart of this one', async () => {
  const own = builtInCharts().find(({ hash }) => hash === run.chart);
  const record = { machine: 'instance', chart: run.chart };
  expect(await chartOfRecord(record, { get: async () => JSON.stringify(own) })).toBeUndefined();
  expect(await chartOfRecord(record, never)).toBeUndefined();
});
