import { setTimeout as pause } from 'node:timers/promises';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import type { Benchmark } from '../../benchmark.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';
import { type BenchHaproxy, startHaproxy } from '../../fixture/haproxy.ts';
import { type HttpLoad, startHttpLoad } from '../../fixture/http-load.ts';
import { becomesReady, startService } from './haproxy-service.ts';

const lease = { ttl: seconds(3), grace: seconds(1) };
const stopsOf = (quick: boolean): number => (quick ? 3 : 10);
/** Time between two requests to each backend: 200 a second. */
const every: Millis = 5;
/** As in the documentation: at least half a second. */
const drainFor: Millis = seconds(1);

/** What a stop with SIGTERM and a reload of HAProxy cost, in requests. */
export const haproxyPolite: Benchmark = {
  name: 'haproxy-polite',
  takes: (quick) => seconds(15) + stopsOf(quick) * seconds(10),

  async measure(stage) {
    const { env, signal, quick, say } = stage;
    await using running = await startHaproxy(env, signal);
    if (!running) {
      say('there is no haproxy here');
      return [];
    }
    await stage.start('collect', { lease });
    const { socket, stateFile } = running;
    const task = { socket, backend: 'driver', service: 'web', stateFile };
    await stage.start('sync-haproxy', task);
    const stay = await startService({ name: 'stay', slot: 1, lease, drainFor }, running, stage);
    const drained: Failed[] = [];
    const reloaded: Failed[] = [];
    for (let n = 1; n <= stopsOf(quick); n += 1) {
      say(`stop ${n} of ${stopsOf(quick)}`);
      drained.push(await stopOne(`polite-${n}`, running, stage));
      say(`reload ${n} of ${stopsOf(quick)}`);
      reloaded.push(
        await underLoad(running, signal, async () => {
          await running.reload();
          await becomesReady(stay.port, 'driver', running, signal);
        }),
      );
    }
    const row = (name: string, what: string, failed: readonly Failed[]) => ({
      ...{ name, what, unit: 'requests' as const, limit: { of: 'p99' as const, atMost: 0 } },
      samples: failed.map(({ driver }) => driver),
      floor: {
        what: 'the backend with checks only, every 500 ms, two failures',
        samples: failed.map(({ checks }) => checks),
      },
    });
    return [
      row('haproxy-drained', 'requests that failed because a service was stopped', drained),
      row('haproxy-reloaded', 'requests that failed because HAProxy was reloaded', reloaded),
    ];
  },
};

interface Failed {
  readonly driver: number;
  readonly checks: number;
}

/** One of two services gets SIGTERM; it drains and ends. */
async function stopOne(name: string, haproxy: BenchHaproxy, stage: BenchmarkNamespace) {
  const { worker, isFree } = await startService({ name, slot: 2, lease, drainFor }, haproxy, stage);
  await using _ = worker;
  const failed = await underLoad(haproxy, stage.signal, async () => {
    worker.kill('SIGTERM');
    await isFree();
  });
  await haproxy.run(
    'set server checks/s2 addr 127.0.0.1 port 1',
    'set server checks/s2 state maint',
  );
  return failed;
}

/** How many requests to each backend failed, from half a second before the event to one second after it. */
async function underLoad(
  { ports }: BenchHaproxy,
  signal: AbortSignal,
  event: () => Promise<void>,
): Promise<Failed> {
  const loads: Readonly<Record<keyof Failed, HttpLoad>> = {
    driver: startHttpLoad(ports.driver, every),
    checks: startHttpLoad(ports.checks, every),
  };
  try {
    await pause(500, undefined, { signal });
    await event();
    await pause(seconds(1), undefined, { signal });
  } finally {
    await Promise.all(Object.values(loads).map((load) => load[Symbol.asyncDispose]()));
  }
  return { driver: loads.driver.failed, checks: loads.checks.failed };
}
