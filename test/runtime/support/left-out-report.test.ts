import { expect, test } from 'vitest';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { LeftOutReport } from '../../../src/runtime/support/left-out-report.ts';

function reportTo() {
  const counts: number[] = [];
  const logged: unknown[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (_event: string, fields: unknown) => void logged.push(fields),
  };
  const metrics = {
    ...noopMetrics,
    viewLeftOut: (_view: string, count: number) => void counts.push(count),
  };
  return { report: new LeftOutReport('collector', { log, metrics }), counts, logged };
}

test('the first report sets the metric to 0, so that it exists while nothing is left out', () => {
  const { report, counts, logged } = reportTo();
  report.report(new Map());
  report.report(new Map());
  expect([counts, logged]).toEqual([[0], []]);
});

test('each host is logged once, and the metric follows the count', () => {
  const { report, counts, logged } = reportTo();
  const one = new Map([['h1', new Set(['instance.h1.a.web.1'])]]);
  report.report(one);
  report.report(one);
  report.report(new Map());
  expect(counts).toEqual([1, 0]);
  expect(logged).toEqual([{ view: 'collector', host: 'h1', key: 'instance.h1.a.web.1' }]);
});
