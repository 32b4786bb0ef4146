import { type Chart, chartOf } from '../../charts/model/chart.ts';
import { parseChart } from '../../charts/model/parse-chart.ts';
import { Fault } from '../../domain/fault.ts';
import type { Charts } from '../../ports/charts.ts';
import type { Ports } from '../../ports/ports.ts';
import { brake, collector, hold, instance, policy, run, session } from './machine-set.ts';

/** The charts of our own machines, as this version has them, in the order in which one reads of them. */
export const builtInCharts = (): readonly Chart[] =>
  [run, instance, session, collector, hold, brake, policy].map(({ machine }) => chartOf(machine));

/**
 * Publishes the charts of this version, for whoever reads its events later. Whoever may not do so, or
 * can't just now, works all the same: somebody else of the same version does it, or it does when it
 * starts again.
 */
export async function publishCharts({ charts, log }: Pick<Ports, 'charts' | 'log'>): Promise<void> {
  for (const chart of builtInCharts()) {
    try {
      const text = JSON.stringify(chart);
      const published = await charts.publish(chart.machine, chart.hash, text);
      if (published === 'published') {
        log.info('chart-published', { machine: chart.machine, chart: chart.hash });
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.debug('charts-not-published', { why: error.message });
      return;
    }
  }
}

/**
 * The chart that a record names: today's, if it is the same, else the one that was published then;
 * undefined where it is not there, or what is there is not it.
 * @throws {Fault} `store-unavailable`
 */
export async function chartOfRecord(
  { machine, chart: hash }: { readonly machine: string; readonly chart: string },
  charts: Pick<Charts, 'get'> | undefined,
): Promise<Chart | undefined> {
  const own = builtInCharts().find((chart) => chart.machine === machine && chart.hash === hash);
  if (own) return own;
  const text = await charts?.get(machine, hash);
  return text === undefined ? undefined : parseChart(text, { machine, hash });
}
