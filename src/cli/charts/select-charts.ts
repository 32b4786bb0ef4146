import { chartOf } from '../../charts/model/chart.ts';
import type { Chart } from '../../charts/model/chart-data.ts';
import { loadMachines } from '../../composition/load-machines.ts';
import { Fault } from '../../domain/fault.ts';
import { builtInCharts } from '../../runtime/transitions/publish-charts.ts';

/** Charts of the machines in a file or directory, else the built-in ones. @throws {Fault} `bad-setting` */
export async function chartsIn(place: string | undefined): Promise<readonly Chart[]> {
  if (place === undefined) return builtInCharts();
  return Object.values(await loadMachines(place)).map(chartOf);
}

/** @throws {Fault} `not-found`, with the existing names */
export function chartNamed(name: string, charts: readonly Chart[]): Chart {
  const chart = charts.find(({ machine }) => machine === name);
  if (chart) return chart;
  const names = charts.map(({ machine }) => machine).join(', ');
  throw new Fault('not-found', `no machine is named '${name}'; the machines are ${names}`, {
    hint: 'to use your own machine, name its file: --machines FILE',
  });
}
