import { describe, expect } from 'vitest';
import { type DrainTarget, HostId } from '../../../src/domain/identity/names.ts';
import { drainKey, holdKey, policyKey } from '../../../src/domain/identity/registry-keys.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { planDrain } from '../../../src/runtime/operator/drain-actions.ts';
import { planHold, setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { planRecordRemoval, removeRecord } from '../../../src/runtime/operator/remove-record.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const host = HostId.parse('h1');
const target: DrainTarget = { host };
const never = new AbortController().signal;

function operator(fleet: FleetInMemory) {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/alice'), run: ports.entropy.runId() }, ports };
  const done = async <T>(action: Promise<T>): Promise<T> => {
    await fleet.advance(seconds(5));
    return action;
  };
  return {
    read: (key: string) => done(ports.registry.read(key)),
    hold: () =>
      done(planHold(author, { host, until: ports.clock.wall() + minutes(5) }, ports, never)),
    drain: () => done(planDrain(author, { target }, ports, never)),
    setSeats: (seats: number) =>
      done(setPolicy(author, (now) => ({ ...now, seats }), ports, never)),
    async remove(key: string) {
      const plan = await done(planRecordRemoval(author, key, ports));
      return plan.kind === 'possible' ? done(removeRecord(plan, ports)) : plan;
    },
  };
}

describe('a record of the fleet that cannot be read', () => {
  scenario('is removed with the last event of its chain: a hold', async (fleet) => {
    const { hold, remove, read } = operator(fleet);
    await hold();
    fleet.byHand(holdKey(host), '{');
    expect(await remove(holdKey(host))).toBe('removed');
    expect((await read(holdKey(host))).text).toBeUndefined();
    expect(fleet.audit.story({ entity: 'hold' })).toEqual(['planned', 'released']);
    expect(await hold()).toBe('planned');
  });

  scenario('is removed with the last event of its chain: a drain', async (fleet) => {
    const { drain, remove, read } = operator(fleet);
    await drain();
    fleet.byHand(drainKey(target), '{"v":99}');
    expect(await remove(drainKey(target))).toBe('removed');
    expect((await read(drainKey(target))).text).toBeUndefined();
    expect(fleet.audit.story({ entity: 'drain' })).toEqual(['planned', 'ended']);
    expect(await drain()).toBe('planned');
  });

  scenario('is put back to its last event: the policy, which has no end', async (fleet) => {
    const { setSeats, remove } = operator(fleet);
    await setSeats(5);
    fleet.byHand(policyKey, 'no JSON');
    await expect(setSeats(6)).rejects.toMatchObject({ code: 'record-unreadable' });
    expect(await remove(policyKey)).toBe('removed');
    expect(fleet.audit.story({ entity: 'policy' })).toEqual(['adopted', 'changed']);
    expect(await setSeats(5)).toMatchObject({ seats: 5 });
    expect(fleet.audit.story({ entity: 'policy' })).toEqual(['adopted', 'changed']);
  });

  scenario('is removed without an event if its last one had ended it', async (fleet) => {
    const { drain, remove, read } = operator(fleet);
    await drain();
    fleet.byHand(drainKey(target), '{');
    await remove(drainKey(target));
    fleet.byHand(drainKey(target), '{');
    expect(await remove(drainKey(target))).toBe('removed');
    expect((await read(drainKey(target))).text).toBeUndefined();
    expect(fleet.audit.story({ entity: 'drain' })).toEqual(['planned', 'ended']);
  });
});
