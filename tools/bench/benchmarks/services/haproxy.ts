import { setTimeout as pause } from 'node:timers/promises';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import type { Benchmark, Result } from '../../benchmark.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';
import { type BenchHaproxy, startHaproxy } from '../../fixture/haproxy.ts';
import { startHttpLoad } from '../../fixture/http-load.ts';
import { administrationOf, startService, when } from './haproxy-service.ts';

/** Short, so that a killed agent is removed before the next two are: three suspects would trip the brake (G9). */
const lease = { ttl: seconds(3), grace: seconds(1) };
const killsOf = (quick: boolean): number => (quick ? 5 : 20);
/** Time between two requests to each backend: 200 a second. */
const every: Millis = 5;
const drainFor: Millis = 0;
const drained = 8;
const stopped = '0';

/** One of three services is killed: what the driver and what the checks of HAProxy do, in the same HAProxy. */
export const haproxy: Benchmark = {
  name: 'haproxy',
  takes: (quick) => seconds(15) + killsOf(quick) * seconds(5),

  async measure(stage) {
    const { env, signal, quick, say } = stage;
    await using running = await startHaproxy(env, signal);
    if (!running) {
      say('there is no haproxy here');
      return [];
    }
    await stage.start('collect', { lease });
    const { socket } = running;
    await stage.start('sync-haproxy', { socket, backend: 'driver', service: 'web' });
    await startService({ name: 'stay-1', slot: 1, lease, drainFor }, running, stage);
    await startService({ name: 'stay-2', slot: 2, lease, drainFor }, running, stage);
    const kills: Kill[] = [];
    for (let n = 1; n <= killsOf(quick); n += 1) {
      say(`kill ${n} of ${killsOf(quick)}`);
      kills.push(await killOne(`victim-${n}`, running, stage));
    }
    return resultsOf(kills);
  },
};

interface Kill {
  readonly added: Millis;
  /** How long a question to the admin socket takes. */
  readonly asked: Millis;
  readonly driver: Millis;
  readonly checks: Millis;
  readonly failed: { readonly driver: number; readonly checks: number };
}

async function killOne(
  name: string,
  haproxy: BenchHaproxy,
  stage: BenchmarkNamespace,
): Promise<Kill> {
  const { signal } = stage;
  const { worker, servers, added } = await startService(
    { name, slot: 3, lease, drainFor },
    haproxy,
    stage,
  );
  await using _ = worker;
  const askedAt = performance.now();
  await servers();
  const asked = performance.now() - askedAt;
  const loads = {
    driver: startHttpLoad(haproxy.ports.driver, every),
    checks: startHttpLoad(haproxy.ports.checks, every),
  };
  await pause(seconds(1), undefined, { signal });
  const before = { driver: loads.driver.failed, checks: loads.checks.failed };
  const at = performance.now();
  worker.kill('SIGKILL');
  let driver: MonotonicTime | undefined;
  const checks = await when(async () => {
    const now = await servers();
    const isDrained = now.some(
      (one) => one['be_name'] === 'driver' && administrationOf(one) === drained,
    );
    const isFreed = !now.some((one) => one['be_name'] === 'driver');
    if (isDrained || isFreed) driver ??= performance.now();
    const isDown = now.some(
      (one) => one['be_name'] === 'checks' && one['srv_op_state'] === stopped,
    );
    return isDown && driver !== undefined;
  }, signal);
  await pause(seconds(1), undefined, { signal });
  await Promise.all([loads.driver, loads.checks].map((load) => load[Symbol.asyncDispose]()));
  await haproxy.run(
    'set server checks/s3 addr 127.0.0.1 port 1',
    'set server checks/s3 state maint',
  );
  return {
    ...{ added, asked, driver: (driver ?? checks) - at, checks: checks - at },
    failed: {
      driver: loads.driver.failed - before.driver,
      checks: loads.checks.failed - before.checks,
    },
  };
}

function resultsOf(kills: readonly Kill[]): readonly Result[] {
  const checks = 'the checks of the same HAProxy, every 500 ms, two failures';
  return [
    {
      ...{ name: 'haproxy-killed', unit: 'ms' },
      what: 'process killed → its server is drained by the driver',
      limit: { of: 'median', atMost: 100 },
      samples: kills.map(({ driver }) => driver),
      floor: { what: checks, samples: kills.map((kill) => kill.checks) },
    },
    {
      ...{ name: 'haproxy-failed', unit: 'requests' },
      what: 'requests that failed because of it, of 200 a second, without a second attempt',
      limit: { of: 'median', atMost: 10 },
      samples: kills.map(({ failed }) => failed.driver),
      floor: { what: checks, samples: kills.map(({ failed }) => failed.checks) },
    },
    {
      ...{ name: 'haproxy-added', unit: 'ms' },
      what: 'its agent says that a service is registered → its server of HAProxy is ready',
      limit: { of: 'median', atMost: 100 },
      samples: kills.map(({ added }) => added),
      floor: { what: 'a question to the admin socket', samples: kills.map(({ asked }) => asked) },
    },
  ];
}
