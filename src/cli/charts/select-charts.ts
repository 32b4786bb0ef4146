import { type Chart, chartOf } from '../../charts/model/chart.ts';
import { loadMachines } from '../../composition/load-machines.ts';
import { Fault } from '../../domain/fault.ts';
import { builtInCharts } from '../../runtime/transitions/publish-charts.ts';

/** Of the machines in a file or a directory, else our own. @throws {Fault} `bad-setting` */
export async function chartsIn(place: string | undefined): Promise<readonly Chart[]> {
  if (place === undefined) return builtInCharts();
  return Object.values(await loadMachines(place)).map(chartOf);
}

/** @throws {Fault} `not-found`, with the names that there are */
export function chartNamed(name: string, charts: readonly Chart[]): Chart {
  const chart = charts.find(({ machine }) => machine === name);
  if (chart) return chart;
  const names = charts.map(({ machine }) => machine).join(', ');
  throw new Fault('not-found', `there is no machine '${name}'; there are ${names}`, {
    hint: 'a machine of your own is read from its file: --machines FILE',
  });
}
