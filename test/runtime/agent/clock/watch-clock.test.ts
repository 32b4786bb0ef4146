import { expect, test } from 'vitest';
import { Fault } from '../../../../src/domain/fault.ts';
import { hours, minutes, seconds } from '../../../../src/domain/time.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { watchClock } from '../../../../src/runtime/agent/watch-clock.ts';
import { FleetInMemory } from '../../support/fleet-in-memory.ts';

test('an agent measures how far its clock is ahead, and logs each change between right and wrong once', async () => {
  const fleet = new FleetInMemory();
  const { clock, ports } = fleet.process('h1');
  const measured: number[] = [];
  const logged: string[] = [];
  const note = (event: string) => void logged.push(event);
  let isDown = false;
  const own = {
    ...ports,
    log: { debug: note, info: note, warn: note },
    metrics: { ...noopMetrics, clockOffset: (ahead: number) => void measured.push(ahead) },
    serverTime: {
      now: async () => {
        if (isDown) throw new Fault('store-unavailable', 'no answer');
        return ports.serverTime.now();
      },
    },
  };
  const stop = new AbortController();
  const watching = watchClock(own, stop.signal);
  await fleet.advance(seconds(1));
  clock.setWall(-hours(3));
  await fleet.advance(minutes(20));
  isDown = true;
  await fleet.advance(minutes(10));
  isDown = false;
  clock.setWall(hours(3));
  await fleet.advance(minutes(10));
  stop.abort();
  await watching;
  expect(measured).toEqual([0, -hours(3), -hours(3), 0]);
  expect(logged).toEqual(['clock-differs', 'clock-agrees']);
});
