import { kill } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

const preload = fileURLToPath(new URL('../fixtures/shifted-clock.mjs', import.meta.url));
/** A clock that is 3 h ahead until the time service is repaired (SIGUSR2). */
const wrong = { NODE_OPTIONS: `--import=${pathToFileURL(preload)}`, SHIFT_CLOCK: '10800000,0' };

test('the runbook of a clock that is off, played until the clock is right again', async (context) => {
  const ports = await freePorts(2);
  await using alerts = await startAlerts(context, ports);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('The clock of a host is off', drill);
  const times = ['--ttl', '3s', '--grace', '3s'];
  const early = drill.start(
    ['collector', '--host', 'early', ...times, '--metrics', `${ports[0]}`],
    wrong,
  );
  await early.ready;
  await drill.collector();
  await drill.agent('h1', '--metrics', `${ports[1]}`);
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  await alerts.fires('RollcallClockOff', play);
  await play.run('rollcall doctor', {
    code: 1,
    shows: [/✕ clocks the clock of host early is 3 h ahead of the server's/],
    within: patience,
  });
  expect(early.stderr).toContain('clock-differs');
  // 1. Liveness does not use this clock; the collector ends no hold.
  await drill.done('rollcall hold h1 --for 2h');
  expect(consumer.live).toEqual(['h1']);
  expect((await drill.done('rollcall hosts')).out).toMatch(/hold/);

  // 2. The time service is repaired.
  kill(early.pid, 'SIGUSR2');
  play.end();
  await alerts.rests('RollcallClockOff');
  await drill.done('rollcall release h1');
  await drill.allIsWell();
}, 600_000);
