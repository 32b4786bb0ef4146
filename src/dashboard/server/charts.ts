import { type Chart, chartOf } from '../../charts/chart.ts';
import { machinesByName } from './over.ts';

/** Of each machine, its chart of today. */
export const todaysCharts: Readonly<Record<string, string>> = Object.fromEntries(
  [...machinesByName].map(([name, { chart }]) => [name, chart]),
);

const charts: ReadonlyMap<string, Chart> = new Map(
  [...machinesByName.values()].map(({ machine, chart }) => [chart, chartOf(machine)]),
);

export const chartByHash = (hash: string): Chart | undefined => charts.get(hash);
