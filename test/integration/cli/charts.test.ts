import { expect, it } from 'vitest';
import { runMachine } from '../../../machines/run.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { parseChart } from '../../../src/charts/model/parse-chart.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();

it('an agent publishes its charts, and machines show draws its state from them', async () => {
  await using fleet = await world.fleet();
  const { run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1', port: 80 }]);
  const { machine, hash } = chartOf(runMachine);
  const text = await until('the chart is published', () => fleet.store.charts.get(machine, hash));
  expect(parseChart(text, { machine, hash })).toEqual(chartOf(runMachine));
  const words = ['show', 'h1/a', '--servers', fleet.url, '--namespace', fleet.namespace];
  const { code, out } = await command(words, { NO_COLOR: '1' });
  expect(code).toBe(0);
  expect(out).toContain(`run ${run}: live`);
  expect(out).toContain('● live ◂ now');
  expect(out).not.toContain('\u001b');
});
