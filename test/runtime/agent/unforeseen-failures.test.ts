import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { breakNext, portCalls, unforeseen } from '../faults/broken-port.ts';
import { FleetInMemory, specOf } from '../support/fleet-in-memory.ts';

const unhandled: unknown[] = [];
const note = (cause: unknown) => void unhandled.push(cause);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

/** Two stages of an agent: when it starts, and when it serves and something changes. */
const stages = ['starting', 'serving', 'leaving'] as const;

test('an agent whose events cannot be written ends with the reason', async () => {
  const fleet = new FleetInMemory();
  const process = fleet.process('h1');
  breakNext(process.ports, ['audit', 'append'], () => new Fault('store-refused', 'not allowed'));
  const a = fleet.agent('h1/a', ['web/1'], { process });
  await fleet.advance(seconds(5));
  expect(a.ended()).toMatchObject({ code: 'store-refused', message: 'not allowed' });
  // A lease that was being acquired lapses.
  await fleet.advance(fleet.lease.ttl);
  expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(false);
});

describe.each(unforeseen)('%s in a task of an agent', (_what, cause) => {
  describe.each(stages)('that is %s', (stage) => {
    test.each(portCalls)(
      'in %s.%s ends the agent with that reason or is survived, and the slot can be taken again',
      async (...call) => {
        const fleet = new FleetInMemory();
        const process = fleet.process('h1');
        if (stage === 'starting') breakNext(process.ports, call, cause);
        const a = fleet.agent('h1/a', ['web/1'], { process, collect: true });
        await fleet.advance(seconds(20));
        if (stage === 'serving') {
          breakNext(process.ports, call, cause);
          a.agent.replace([specOf('web/2')]);
          await fleet.advance(seconds(40));
        }
        if (stage === 'leaving') {
          breakNext(process.ports, call, cause);
          void a.agent.stop();
          await fleet.advance(seconds(40));
        }
        expect(unhandled).toEqual([]);
        const ended = a.ended();
        if (ended instanceof Error) expect(ended.message).toContain('unforeseen');
        else if (stage === 'serving') expect(a.agent.state).toBe('serving');
        // The slot is free again for the next run, at once or when the lease has lapsed.
        const next = fleet.agent('h1/a', ['web/3']);
        await fleet.advance(seconds(60));
        const state = next.ended() ?? next.agent.state;
        if (ended !== undefined) expect(state).toBe('serving');
      },
    );
  });
});
