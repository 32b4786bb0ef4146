import { kill } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

const preload = fileURLToPath(new URL('../fixtures/busy-loop.mjs', import.meta.url));
const busy = { NODE_OPTIONS: `--import=${pathToFileURL(preload)}`, BUSY: '450' };
const ttl = 3;

/** The sum of all series of a metric; 0 without one. */
async function metricOf(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
    .map(([, value]) => Number(value))
    .reduce((sum, value) => sum + value, 0);
}

test('the runbook of a slow collector, played until another one has its work', async () => {
  const [port = 0, next = 0] = await freePorts(2);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('A collector is slow', drill);
  const times = ['--ttl', `${ttl}s`, '--grace', '3s'];
  const name = ['--host', 'watch', '--name', 'slow'];
  const slow = drill.start(['collector', ...name, ...times, '--metrics', `${port}`], busy);
  await slow.ready;
  const agents = [await drill.agent('h1', '--grace', '60s'), await drill.agent('h2')];
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.length === 2, patience);

  kill(slow.pid, 'SIGUSR2');
  const lag = () => metricOf(port, 'nodejs_eventloop_lag_p99_seconds');
  await until('its event loop lags', async () => (await lag()) > 0.25, patience);
  const cpu = await metricOf(port, 'process_cpu_seconds_total');
  // It notices a frozen agent late.
  const latency = async () =>
    (await metricOf(port, 'rollcall_detection_latency_seconds_sum')) /
    (await metricOf(port, 'rollcall_detection_latency_seconds_count'));
  agents[0]?.kill('SIGSTOP');
  await until('h1 is dubious', () => !consumer.live.includes('h1'), patience);
  await until('it is measured', async () => (await latency()) > ttl + 0.5, patience);
  expect(await metricOf(port, 'process_cpu_seconds_total')).toBeGreaterThan(cpu);
  agents[0]?.kill('SIGCONT');
  await until('h1 is live', () => consumer.live.includes('h1'), patience);

  // 2. Another one is started, this one is stopped, and its seat is free at once.
  const another = play.start('rollcall collector', [
    ...['--host', 'watch-2', ...times, '--metrics', `${next}`],
  ]);
  await another.ready;
  play.end();
  slow.kill('SIGTERM');
  expect(await slow.exited).toBe(0);
  await until('it has a seat', async () => (await metricOf(next, 'rollcall_seat_held')) === 1);
  const { out } = await drill.done('rollcall doctor');
  expect(out).toMatch(/1 active collector: seat\.\d by watch-2/);
  expect(consumer.live).toEqual(['h1', 'h2']);
  await drill.allIsWell();
}, 600_000);
