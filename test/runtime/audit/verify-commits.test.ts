import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import { isSignedBy } from '../../../src/domain/events/signature.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { removeInstance } from '../../../src/runtime/transitions/instance-changes.ts';
import { signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { sealChange } from '../../../src/runtime/transitions/seal-changes.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { changedAt, closedUp, eventIn, without } from '../../fixtures/history/tampering.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

const signatures = memorySignatures;
const names = ['web/1', 'web/2', 'web/3', 'web/4', 'web/5'];

/** Two agents whose instances are registered, in one commit each, and removed by a collector. */
async function given() {
  const fleet = new FleetInMemory();
  fleet.collector('c1');
  const { process } = fleet.agent('h1/a', names);
  fleet.agent('h2/b', ['api/1', 'api/2', 'api/3']);
  await fleet.advance(seconds(5));
  await fleet.kill(process);
  await fleet.advance(seconds(120));
  fleet.agent('h3/c', ['db/1']);
  await fleet.advance(seconds(5));
  return { fleet, events: await eventsOf(memoryStore(fleet.world).audit) };
}

/** A history in a file: nothing to compare it with. */
const verdictOf = async (fleet: FleetInMemory, events: readonly StoredEvent[]) => {
  const history = historyOf(events);
  const { divergences } = await verdictOn(fleet, { signatures, history });
  return divergences.filter(({ check }) => check !== 'registry');
};

const sharing = (events: readonly StoredEvent[], type: string) =>
  events.filter((one) => eventIn(one).event.type === type && eventIn(one).shared !== undefined);

describe('the events of one commit', () => {
  test('share one signature, and each of them can be checked alone', async () => {
    const { fleet, events } = await given();
    const removed = sharing(events, 'removed').map(eventIn);
    expect(removed.map(({ shared }) => shared?.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(removed.map(({ sig }) => sig)).size).toBe(1);
    for (const one of events) {
      const entry = { event: eventIn(one), text: one.text };
      expect(isSignedBy(entry, signatures.check, hashEvent)).toBe(true);
    }
    expect(await verdictOf(fleet, events)).toEqual([]);
  });

  test('are named one by one if they were changed', async () => {
    const { fleet, events } = await given();
    for (const { seq } of sharing(events, 'removed')) {
      const changed = changedAt(events, seq, ({ at }) => ({ at: at + 1 }));
      const found = (await verdictOf(fleet, changed)).filter(({ check }) => check === 'signature');
      expect(found.map((one) => one.seq)).toEqual([seq]);
    }
  });

  test('have no valid signature in another commit', async () => {
    const { fleet, events } = await given();
    const [first, second] = [sharing(events, 'registered')[0], sharing(events, 'removed')[0]];
    const { shared, sig } = eventIn(second as StoredEvent);
    const changed = changedAt(events, first?.seq ?? 0, ({ shared: _, sig: __, ...event }) => ({
      ...event,
      shared,
      sig,
    }));
    expect(await verdictOf(fleet, changed)).toContainEqual(
      expect.objectContaining({ seq: first?.seq, check: 'signature', found: 'another one' }),
    );
  });

  test('are reported as missing if one of them was removed, also the last of its chain', async () => {
    const { fleet, events } = await given();
    for (const [place, { seq }] of sharing(events, 'removed').entries()) {
      const found = await verdictOf(fleet, closedUp(without(events, seq)));
      expect(found).toContainEqual(
        expect.objectContaining({
          check: 'signature',
          expected: 'all 6 events that share its signature',
          found: `5 of them; event ${place + 1} of the commit is missing`,
        }),
      );
    }
  });

  test('are reported as missing even if the others give a smaller count', async () => {
    const { fleet, events } = await given();
    const all = sharing(events, 'removed');
    const last = all.at(-1)?.seq ?? 0;
    let changed = closedUp(without(events, last));
    for (const { seq } of all.slice(0, -1)) {
      changed = changedAt(changed, seq, ({ shared }) => ({
        shared: { ...shared, size: (shared?.size ?? 0) - 1 },
      }));
    }
    expect(await verdictOf(fleet, changed)).toContainEqual(
      expect.objectContaining({ check: 'signature', found: 'another one' }),
    );
  });

  test('are not reported as missing if the history begins or ends within the commit', async () => {
    const { fleet, events } = await given();
    const [, second, third] = sharing(events, 'registered').map(({ seq }) => seq);
    const cutOff = events.filter(({ seq }) => seq <= (third ?? 0));
    expect(await verdictOf(fleet, cutOff)).toEqual([]);
    const rest = events.filter(({ seq }) => seq >= (second ?? 0));
    const found = await verdictOf(fleet, rest);
    expect(found.filter(({ check }) => check === 'signature')).toEqual([]);
  });

  test('may each have their own signature, as older versions write them', async () => {
    const { fleet } = await given();
    const { agent, process } = fleet.agent('h4/d', names);
    await fleet.advance(seconds(5));
    const author = signingAuthor({ ...slotAt('h4/d'), run: agent.run }, process.ports);
    const changes = ['web/1', 'web/2'].map((name) => {
      const stored = fleet.instance('h4/d', name);
      if (stored.kind !== 'stored') throw new Error(`${name} is ${stored.kind}`);
      return sealChange(removeInstance(author, stored, 'deregistered'));
    });
    const { outcome } = await memoryStore(fleet.world).registry.commit({
      writes: changes.map(({ write }) => write),
      events: changes.flatMap(({ events }) => events),
    });
    expect(outcome).toBe('committed');
    const events = await eventsOf(memoryStore(fleet.world).audit);
    expect(await verdictOf(fleet, events)).toEqual([]);
  });
});
