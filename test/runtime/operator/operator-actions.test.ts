import { describe, expect } from 'vitest';
import type { Fault } from '../../../src/domain/fault.ts';
import { HostId } from '../../../src/domain/identity/names.ts';
import type { FleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import { type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import {
  endHoldEarly,
  planHold,
  setPolicy,
} from '../../../src/runtime/operator/operator-actions.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { mishaps } from '../support/link-faults.ts';
import { scenario } from '../support/scenario.ts';

const host = HostId.parse('h1');
const never = new AbortController().signal;

/** An operator with an own connection. */
function person(fleet: FleetInMemory, signal = never) {
  const process = fleet.process('desk');
  const { ports } = process;
  const author = { actor: { ...slotAt('desk/operator'), run: ports.entropy.runId() }, ports };
  return {
    process,
    hold: (lasts: Millis = minutes(10), why?: string) =>
      planHold(
        author,
        { host, until: fleet.clock.wall() + lasts, ...(why !== undefined && { why }) },
        ports,
        signal,
      ),
    release: () => endHoldEarly(author, { host }, ports, signal),
    say: (change: Partial<FleetPolicy>) =>
      setPolicy(author, (now) => ({ ...now, ...change }), ports, signal),
  };
}

const holds = (fleet: FleetInMemory) => fleet.audit.story({ entity: 'hold' });
const policies = (fleet: FleetInMemory) => fleet.audit.story({ entity: 'policy' });
/** Advances the time until the action is done. */
async function done<T>(fleet: FleetInMemory, action: Promise<T>): Promise<T> {
  const settled = action.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  await fleet.advance(seconds(10));
  return (await settled)();
}

for (const mishap of mishaps) {
  for (const nth of [1, 2, 3, 4]) {
    describe(`with its request ${nth} ${mishap}`, () => {
      const unlucky = (fleet: FleetInMemory) => {
        const who = person(fleet);
        const from = who.process.line.requests;
        who.process.line.fate = (n) => (n === from + nth ? mishap : 'fine');
        return who;
      };
      /** The caller repeats a read without an answer. */
      const patiently = async <T>(fleet: FleetInMemory, attempt: () => Promise<T>): Promise<T> => {
        try {
          return await done(fleet, attempt());
        } catch (error) {
          expect((error as Fault).code).toBe('store-unavailable');
          return done(fleet, attempt());
        }
      };

      scenario('a hold is planned once, and is active', async (fleet) => {
        await patiently(fleet, unlucky(fleet).hold);
        expect(holds(fleet)[0]).toBe('planned');
        expect(holds(fleet).filter((type) => type === 'planned')).toHaveLength(1);
      });

      scenario('a hold is released once, and is removed', async (fleet) => {
        await done(fleet, person(fleet).hold());
        expect(await patiently(fleet, unlucky(fleet).release)).toBe('released');
        expect(holds(fleet)).toEqual(['planned', 'released']);
        expect(await done(fleet, person(fleet).release())).toBe('absent');
      });

      scenario('a policy is set once, and then changed once', async (fleet) => {
        const first = unlucky(fleet);
        await patiently(fleet, () => first.say({ seats: 5 }));
        const second = unlucky(fleet);
        expect(policies(fleet)).toEqual(['adopted']);
        expect(await patiently(fleet, () => second.say({ seats: 4 }))).toMatchObject({
          seats: 4,
        });
        expect(policies(fleet)).toEqual(['adopted', 'changed']);
      });
    });
  }
}

describe('two concurrent operators', () => {
  scenario('plan a hold: one plans, the other extends', async (fleet) => {
    const both = [person(fleet).hold(minutes(5), 'disk'), person(fleet).hold(minutes(9), 'kernel')];
    await fleet.advance(seconds(10));
    expect((await Promise.all(both)).sort()).toEqual(['extended', 'planned']);
    expect(holds(fleet)).toEqual(['planned', 'extended']);
  });

  scenario('plan the same hold: it is planned once', async (fleet) => {
    const all = [person(fleet), person(fleet), person(fleet)].map((who) => who.hold(minutes(5)));
    await fleet.advance(seconds(10));
    await Promise.all(all);
    expect(holds(fleet)).toEqual(['planned']);
  });

  scenario('release a hold: it ends once, and both get the result', async (fleet) => {
    await done(fleet, person(fleet).hold());
    const both = [person(fleet).release(), person(fleet).release()];
    await fleet.advance(seconds(10));
    expect(await Promise.all(both)).toEqual(['released', 'released']);
    expect(holds(fleet)).toEqual(['planned', 'released']);
  });

  scenario('change the policy: neither change is lost', async (fleet) => {
    await done(fleet, person(fleet).say({ seats: 2 }));
    const both = [
      person(fleet).say({ seats: 5 }),
      person(fleet).say({ retention: { maxBytes: 5_000_000 } }),
    ];
    await fleet.advance(seconds(10));
    const last = (await Promise.all(both)).at(-1);
    expect(policies(fleet)).toEqual(['adopted', 'changed', 'changed']);
    expect(last).toMatchObject({ seats: 5, retention: { maxBytes: 5_000_000 } });
  });
});

describe('a state that is already set', () => {
  scenario('is not written again', async (fleet) => {
    const { hold: plan, say } = person(fleet);
    await done(fleet, plan(minutes(5), 'disk'));
    const left = minutes(5) - seconds(10);
    expect(await done(fleet, plan(left, 'disk'))).toBe('extended');
    await done(fleet, say({ seats: 5 }));
    await done(fleet, say({ seats: 5 }));
    expect([holds(fleet), policies(fleet)]).toEqual([['planned'], ['adopted']]);
  });

  scenario('is written again with another reason, or without one', async (fleet) => {
    const { hold: plan } = person(fleet);
    await done(fleet, plan(minutes(5), 'disk'));
    await done(fleet, plan(minutes(5) - seconds(10), 'kernel'));
    await done(fleet, plan(minutes(5) - seconds(20)));
    expect(holds(fleet)).toEqual(['planned', 'extended', 'extended']);
    const [, , last] = fleet.audit.events;
    expect(last?.record).not.toHaveProperty('why');
  });
});

describe('an unreadable record', () => {
  scenario('is neither extended, released nor changed', async (fleet) => {
    fleet.byHand('hold.h1', '{"v":99}');
    fleet.byHand('policy', 'seats: 5');
    const who = person(fleet);
    const attempts: (() => Promise<unknown>)[] = [
      who.hold,
      who.release,
      () => who.say({ seats: 5 }),
    ];
    for (const attempt of attempts) {
      await expect(done(fleet, attempt())).rejects.toMatchObject({ code: 'record-unreadable' });
    }
    expect(fleet.audit.events).toEqual([]);
  });
});

describe('a store that refuses all writes', () => {
  scenario('fails the action at its timeout', async (fleet) => {
    const time = new AbortController();
    const who = person(fleet, time.signal);
    const action = who.hold();
    who.process.line.fate = () => 'unsent';
    const failed = expect(action).rejects.toMatchObject({ code: 'store-unavailable' });
    await fleet.advance(seconds(5));
    time.abort();
    await fleet.advance(seconds(5));
    await failed;
  });
});

describe('a store whose answers are lost after the first read', () => {
  scenario('fails the action with an unknown outcome, and has the hold', async (fleet) => {
    const who = person(fleet);
    let requests = 0;
    who.process.line.fate = () => (++requests === 1 ? 'fine' : 'unanswered');
    const failed = expect(who.hold()).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('it is not known whether the change was written'),
    });
    await fleet.advance(seconds(20));
    await failed;
    expect(holds(fleet)).toEqual(['planned']);
  });
});
