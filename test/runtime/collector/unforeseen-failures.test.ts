import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { breakNext, portCalls, unforeseen } from '../faults/broken-port.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';

const unhandled: unknown[] = [];
const note = (cause: unknown) => void unhandled.push(cause);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

/** A fleet with a collector whose end is recorded, and an agent that it watches. */
function watchedFleet() {
  const fleet = new FleetInMemory();
  const process = fleet.process('c1');
  const start = () => {
    const { collector } = fleet.collector('c1', process);
    let ended: unknown;
    collector.done.catch((cause: unknown) => {
      ended = cause;
    });
    return { collector, ended: () => ended };
  };
  return { fleet, process, start };
}

test('a collector whose events cannot be written ends with the reason, and another takes its seat', async () => {
  const { fleet, process, start } = watchedFleet();
  breakNext(process.ports, ['audit', 'append'], () => new Fault('store-refused', 'not allowed'));
  const first = start();
  await fleet.advance(seconds(5));
  expect(first.ended()).toMatchObject({ code: 'store-refused', message: 'not allowed' });
  const next = fleet.collector('c2');
  await fleet.advance(2 * fleet.lease.ttl);
  expect(next.collector.state).toBe('watching');
});

test('a bug in the task that removes a dead run ends the collector with that reason', async () => {
  const { fleet, process, start } = watchedFleet();
  const first = start();
  const a = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(20));
  breakNext(process.ports, ['registry', 'commit'], () => new TypeError('unforeseen'));
  await fleet.kill(a.process);
  await fleet.advance(seconds(60));
  expect(first.ended()).toMatchObject({ message: 'unforeseen' });
});

/** Two stages of a collector: when it starts, and when an agent that it watches is killed. */
const stages = ['starting', 'watching'] as const;

describe.each(unforeseen)('%s in a task of a collector', (_what, cause) => {
  describe.each(stages)('that is %s', (stage) => {
    test.each(portCalls)(
      'in %s.%s ends the collector with that reason or is survived, and dead runs are removed',
      async (...call) => {
        const { fleet, process, start } = watchedFleet();
        if (stage === 'starting') breakNext(process.ports, call, cause);
        const first = start();
        const a = fleet.agent('h1/a', ['web/1']);
        await fleet.advance(seconds(20));
        if (stage === 'watching') breakNext(process.ports, call, cause);
        await fleet.kill(a.process);
        await fleet.advance(seconds(60));
        expect(unhandled).toEqual([]);
        const ended = first.ended();
        if (ended instanceof Error) {
          expect(ended.message).toContain('unforeseen');
          // A supervisor starts it again.
          start();
          await fleet.advance(seconds(60));
        }
        expect(fleet.record('h1/a').kind).toBe('absent');
        expect(fleet.instances('h1/a')).toEqual({});
      },
    );
  });
});
