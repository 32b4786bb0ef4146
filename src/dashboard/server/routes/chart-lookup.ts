import { chartOf } from '../../../charts/model/chart.ts';
import type { Chart } from '../../../charts/model/chart-data.ts';
import type { Charts } from '../../../ports/charts.ts';
import { chartOfRecord } from '../../../runtime/transitions/publish-charts.ts';
import { machinesByName } from '../history/final-states.ts';

/** The current chart of each machine. */
export const todaysCharts: Readonly<Record<string, string>> = Object.fromEntries(
  [...machinesByName].map(([name, { chart }]) => [name, chart]),
);

const charts: ReadonlyMap<string, Chart> = new Map(
  [...machinesByName.values()].map(({ machine, chart }) => [chart, chartOf(machine)]),
);

export const chartByHash = (hash: string): Chart | undefined => charts.get(hash);

/**
 * The current chart, or a published chart of an earlier machine; undefined: unknown hash.
 * @throws {Fault} `store-unavailable`
 */
export async function findChart(
  hash: string,
  published: Pick<Charts, 'get'> | undefined,
): Promise<Chart | undefined> {
  const today = chartByHash(hash);
  if (today || !published) return today;
  for (const machine of machinesByName.keys()) {
    const chart = await chartOfRecord({ machine, chart: hash }, published);
    if (chart) return chart;
  }
  return undefined;
}
