import { readFile } from 'node:fs/promises';
import { Registry } from '@prometheus-io/client';
import { describe, expect, test } from 'vitest';
import { processRegistry, prometheusMetrics } from '../../../src/adapters/metrics/prometheus.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { steps: readonly unknown[] };
    };
  };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

const textOf = (file: string) =>
  readFile(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');
const dashboard: {
  panels: Panel[];
  templating: { list: { name: string; definition?: string }[] };
} = JSON.parse(await textOf('reference/grafana-rollcall.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = [
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.flatMap(({ definition = [] }) => definition),
];

const ours = new Registry();
prometheusMetrics(ours, { monotonic: () => 0 });
const known = ours.getMetricsAsArray();
const namesIn = (registry: Registry) => registry.getMetricsAsArray().map(({ name }) => name);
const labelsOf = (metric: unknown) => (metric as { labelNames: readonly string[] }).labelNames;

/** The metrics in a query. Series of a histogram count as the histogram. */
const metricNames = (text: string) =>
  [...text.matchAll(/\b(?:rollcall|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );

describe('the dashboard', () => {
  test('queries only existing metrics', () => {
    const all = new Set([...namesIn(ours), ...namesIn(processRegistry())]);
    expect(queries.flatMap(metricNames).filter((name) => !all.has(name))).toEqual([]);
  });

  test('shows every metric of Rollcall', () => {
    const shown = new Set(
      panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricNames(expr))),
    );
    expect(namesIn(ours).filter((name) => !shown.has(name))).toEqual([]);
  });

  test('groups only by labels of the metric', () => {
    const target = ['instance', 'job'];
    for (const query of queries.filter((expr) => expr.includes(' by '))) {
      const [name = ''] = metricNames(query);
      const metric = known.find((each) => each.name === name);
      const labels = [...target, ...(metric ? labelsOf(metric) : []), 'le'];
      const by = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(', '),
      );
      expect([query, by.filter((label) => !labels.includes(label))]).toEqual([query, []]);
    }
  });

  test('has a description, a unit and thresholds for each panel', () => {
    for (const { title, description, fieldConfig, targets } of panels) {
      expect([title, description]).toEqual([title, expect.stringMatching(/\S.*\.$/)]);
      expect([title, fieldConfig.defaults.unit]).toEqual([title, expect.stringMatching(/\S/)]);
      expect([title, fieldConfig.defaults.thresholds.steps.length > 0]).toEqual([title, true]);
      const ids = targets.map(({ refId }) => refId);
      expect([title, new Set(ids).size]).toEqual([title, ids.length]);
    }
  });

  test('has no overlapping panels and no duplicate ids', () => {
    const { panels: all } = dashboard;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}:${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

test('the table of metrics lists exactly the metrics, with their labels', async () => {
  const rows = (await textOf('reference/metrics.md')).matchAll(
    /^\| `(rollcall_\w+)(?:\{([^}]*)\})?` \|/gm,
  );
  const table = [...rows].map(([, name, labels = '']) => `${name} ${labels}`);
  expect(table).toEqual(known.map((each) => `${each.name} ${labelsOf(each).join(', ')}`));
});
