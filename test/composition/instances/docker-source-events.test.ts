import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Engine, EngineAway, type EngineEvent } from '../../../src/adapters/docker/engine.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { DockerSource } from '../../../src/composition/instances/docker-source.ts';
import { InstanceSources } from '../../../src/composition/instances/instance-sources.ts';
import type { Slot } from '../../../src/domain/identity/names.ts';
import { until } from '../../integration/harness/until.ts';

const event = { id: 'a'.repeat(64), action: 'update' };

/** An engine without containers; an event arrives during its third list, which fails. */
class FailingOnce extends Engine {
  lists = 0;
  onEvent: (event: EngineEvent) => void = () => {};

  override async get(): Promise<unknown> {
    this.lists += 1;
    await pause(1);
    if (this.lists !== 3) return [];
    this.onEvent(event);
    throw new EngineAway('busy');
  }

  override async follow(
    _onOpen: () => void,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.onEvent = onEvent;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new EngineAway('stopped');
  }
}

test('a source whose event was handled by a full list waits for the next one', async () => {
  const engine = new FailingOnce('/nowhere.sock');
  let sleeps = 0;
  const stop = new AbortController();
  const docker = new DockerSource(
    engine,
    new InstanceSources({ host: 'h1', agent: 'a' } as Slot).of('docker'),
    { address: '10.0.0.7', linger: 10_000, onComplaint: () => {} },
    {
      clock: {
        ...systemClock,
        sleep: (duration, signal) => {
          sleeps += 1;
          // A loop that never waits would starve this test too.
          if (sleeps > 100) stop.abort();
          return systemClock.sleep(duration, signal);
        },
      },
      log: { debug() {}, info() {}, warn() {} },
      isGone: () => false,
    },
  );
  await docker.begin(stop.signal);
  const running = docker.run(stop.signal);
  await until('it follows', () => engine.lists === 2);
  await pause(10);
  engine.onEvent(event);
  await until('it listed again after a failure', () => engine.lists === 4);
  await pause(100);
  stop.abort();
  await running;
  expect(sleeps).toBeLessThan(10);
});
