import { chartOf } from '../../charts/model/chart.ts';
import type { Chart } from '../../charts/model/chart-data.ts';
import { parseChart } from '../../charts/model/parse-chart.ts';
import { Fault } from '../../domain/fault.ts';
import type { Charts } from '../../ports/charts.ts';
import type { Ports } from '../../ports/ports.ts';
import {
  brake,
  collector,
  drain,
  hold,
  instance,
  policy,
  run,
  session,
  store,
} from './machine-set.ts';

/** The charts of the machines of this version, in the order in which they are listed. */
export function builtInCharts(): readonly Chart[] {
  builtIn ??= [run, instance, session, collector, hold, brake, policy, store, drain].map(
    ({ machine }) => chartOf(machine),
  );
  return builtIn;
}

let builtIn: readonly Chart[] | undefined;

/**
 * Publishes the charts of this version, so that its events can be displayed later. Never rejects. A failure is
 * only logged: another process of the same version, or the next start, publishes them.
 */
export async function publishCharts({ charts, log }: Pick<Ports, 'charts' | 'log'>): Promise<void> {
  try {
    for (const chart of await charts.missing(builtInCharts())) {
      const text = JSON.stringify(chart);
      const published = await charts.publish(chart.machine, chart.hash, text);
      if (published === 'published') {
        log.info('chart-published', { machine: chart.machine, chart: chart.hash });
      }
    }
  } catch (error) {
    if (error instanceof Fault) log.debug('charts-not-published', { why: error.message });
    else log.warn('charts-not-published', { why: String(error) });
  }
}

/**
 * The chart that an event names: the built-in one if the hash is the same, else the published one.
 * Undefined if it was never published, or if the published text does not match the hash.
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
