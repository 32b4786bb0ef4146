import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { RunId, type RunRef } from '../../../src/domain/identity/names.ts';
import type { FleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import type { StoredAgent } from '../../../src/domain/records/stored-record.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { type Author, signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { recorded } from '../../fixtures/golden/recording.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { changedAt, eventIn } from '../../fixtures/history/tampering.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

const signatures = memorySignatures;
const { signal } = new AbortController();
const [unsigned, operator] = ['unsigned01', 'operator01'].map((run) => RunId.parse(run)) as [
  RunId,
  RunId,
];

const verdictOf = async (fleet: FleetInMemory, history?: readonly StoredEvent[]) =>
  verdictOn(fleet, { signatures, ...(history && { history: historyOf(history) }) });

const signaturesIn = (divergences: readonly Divergence[]) =>
  divergences.filter(({ check }) => check === 'signature');

/** An agent with an instance, and a collector that holds a seat. */
async function given() {
  const fleet = new FleetInMemory();
  const { agent, process } = fleet.agent('h1/a', ['web/1']);
  const { collector } = fleet.collector('c1');
  await fleet.advance(seconds(5));
  const events = await eventsOf(memoryStore(fleet.world).audit);
  const one: RunRef = { ...slotAt('h1/a'), run: agent.run };
  /** Writes into the chain of the run, as any author. */
  const suspect = async (author: Author) => {
    const record = fleet.record('h1/a') as StoredAgent;
    const change = transitionRun(author, record, { type: 'suspected', reason: 'silent' });
    if (change === 'ignored') throw new Error('the machine has no such transition');
    await memoryStore(fleet.world).registry.commit(sealCommit([change]));
    return fleet.world.audit.last?.seq ?? 0;
  };
  return { fleet, events, one, process, collector: collector.self, suspect };
}

describe('a signed history', () => {
  test('has a key and a signature in every event, and no divergence', async () => {
    const { fleet, events } = await given();
    for (const event of events.map(eventIn)) {
      expect(event.key).toBe(event.actor.run);
      expect(event.sig).toMatch(/^[\w-]+$/);
    }
    const { divergences, notes } = await verdictOf(fleet);
    expect({ divergences, unsigned: notes.unsignedEvents }).toEqual({
      divergences: [],
      unsigned: 0,
    });
  });

  test('names every event that was changed', async () => {
    const { fleet, events } = await given();
    for (const { seq } of events) {
      const changed = changedAt(events, seq, ({ at }) => ({ at: at + 1 }));
      const { divergences } = await verdictOf(fleet, changed);
      expect(signaturesIn(divergences).map((one) => one.seq)).toEqual([seq]);
    }
  });

  test('names an event whose signature was taken away', async () => {
    const { fleet, events, one } = await given();
    const { seq = 0 } = events.findLast((event) => eventIn(event).of.entity === 'run') ?? {};
    const changed = changedAt(events, seq, () => ({ key: undefined, sig: undefined }));
    const { divergences } = await verdictOf(fleet, changed);
    expect(signaturesIn(divergences)).toEqual([
      expect.objectContaining({
        seq,
        expected: `the key of h1/a run ${one.run}, ${one.run}`,
        found: 'no signature',
      }),
    ]);
  });

  test('is resumed with its keys from a checkpoint', async () => {
    const { fleet, collector, suspect, process } = await given();
    const { checkpoint } = await verdictOf(fleet);
    const seq = await suspect({ actor: collector, ports: process.ports });
    const { divergences } = await verdictOn(fleet, { signatures, from: checkpoint });
    expect(signaturesIn(divergences).map((one) => one.seq)).toEqual([seq]);
  });
});

describe('an agent that names a collector as the actor in its own chain', () => {
  test('is detected if it signs with a key of its own', async () => {
    const { fleet, collector, suspect, process } = await given();
    const signer = memorySignatures.signerFor(RunId.parse('forged0000'));
    const seq = await suspect({ actor: collector, ports: process.ports, signer });
    const { divergences } = await verdictOf(fleet);
    expect(divergences).toEqual([
      expect.objectContaining({
        ...{ seq, check: 'signature', found: 'the key forged0000' },
        expected: `the key of c1/collector run ${collector.run}, ${collector.run}`,
      }),
    ]);
  });

  test('is detected if its events are unsigned', async () => {
    const { fleet, collector, suspect, process } = await given();
    const seq = await suspect({ actor: collector, ports: process.ports });
    const { divergences } = await verdictOf(fleet);
    expect(divergences.map((one) => [one.seq, one.check])).toEqual([[seq, 'signature']]);
  });

  test('is detected even if the collector publishes its key later', async () => {
    const fleet = new FleetInMemory();
    const { agent, process } = fleet.agent('h1/a', []);
    await fleet.advance(seconds(2));
    const collector = { ...slotAt('watch/c1'), run: RunId.parse('collector1') };
    const signer = memorySignatures.signerFor(RunId.parse('forged0000'));
    const forged: Author = { actor: collector, ports: process.ports, signer };
    const record = fleet.record('h1/a') as StoredAgent;
    expect(record.record.run).toBe(agent.run);
    const change = transitionRun(forged, record, { type: 'suspected', reason: 'silent' });
    if (change === 'ignored') throw new Error('the machine has no such transition');
    const { registry } = memoryStore(fleet.world);
    await registry.commit(sealCommit([change]));
    const seq = fleet.world.audit.last?.seq;
    const options = { lease: fleet.lease, onTransition() {} };
    const late = new Collector(collector, options, fleet.process('c1').ports);
    await fleet.advance(seconds(5));
    const { divergences } = await verdictOf(fleet);
    expect(late.state).toBe('watching');
    expect(divergences.map((one) => [one.seq, one.check, one.found])).toEqual([
      [seq, 'signature', 'the key forged0000'],
    ]);
  });
});

describe('a process that does not sign', () => {
  const withoutKeys = (events: readonly StoredEvent[]) =>
    events.map((one) => {
      const { key: _, sig: __, ...event } = eventIn(one);
      return { ...one, text: JSON.stringify(event) };
    });

  test('is not a divergence, and its events are counted', async () => {
    const { fleet, events } = await given();
    const { divergences, notes } = await verdictOf(fleet, withoutKeys(events));
    expect(signaturesIn(divergences)).toEqual([]);
    expect(notes.unsignedEvents).toBe(events.length);
  });

  test('is not a divergence in a history without signatures', async () => {
    const all = await eventsOf(recorded('killed'));
    const { divergences, notes } = await verdictOn(new FleetInMemory(), {
      signatures,
      history: historyOf(all),
    });
    expect(divergences.filter(({ check }) => check !== 'registry')).toEqual([]);
    expect(notes.unsignedEvents).toBe(all.length);
  });

  test('is named from when the policy requires signatures', async () => {
    const { fleet, collector, suspect, process } = await given();
    const before = await suspect({ actor: { ...collector, run: unsigned }, ports: process.ports });
    const author = signingAuthor({ ...slotAt('desk/person'), run: operator }, process.ports);
    const require = (policy: FleetPolicy) => ({ ...policy, signatures: 'required' as const });
    await setPolicy(author, require, process.ports, signal);
    expect((await verdictOf(fleet)).divergences).toEqual([]);
    const record = fleet.record('h1/a') as StoredAgent;
    const change = transitionRun(
      { actor: { ...collector, run: RunId.parse('unsigned02') }, ports: process.ports },
      record,
      { type: 'expired' },
    );
    if (change === 'ignored') throw new Error('the machine has no such transition');
    const { registry } = memoryStore(fleet.world);
    await registry.commit(sealCommit([change]));
    const seq = fleet.world.audit.last?.seq ?? 0;
    expect(seq).toBeGreaterThan(before);
    const { divergences, checkpoint } = await verdictOf(fleet);
    const required = 'a signature: the policy requires it';
    expect(divergences).toEqual([
      expect.objectContaining({ seq, check: 'signature', expected: required, found: 'none' }),
    ]);
    expect(checkpoint.records.length).toBeGreaterThan(0);
  });
});

describe('the time in an event', () => {
  test.each([
    ['4 minutes ahead', minutes(4), 0],
    ['5 minutes ahead', minutes(5), 1],
    ['5 minutes behind', -minutes(5), 1],
  ])('that is %s of when it was stored is counted if it is minutes apart', async (_, by, count) => {
    const { fleet, events } = await given();
    const one = events.find((event) => eventIn(event).of.entity === 'run');
    const changed = changedAt(events, one?.seq ?? 0, () => ({ at: (one?.storedAt ?? 0) + by }));
    expect((await verdictOf(fleet, changed)).notes.clocksApart).toBe(count);
  });

  test('of a process may be long before, because its events wait for the store', async () => {
    const { fleet, events } = await given();
    const one = events.find((event) => eventIn(event).of.entity === 'session');
    const at = (one?.storedAt ?? 0) - minutes(60);
    const changed = changedAt(events, one?.seq ?? 0, () => ({ at }));
    expect((await verdictOf(fleet, changed)).notes.clocksApart).toBe(0);
  });
});
