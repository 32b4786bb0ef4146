import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import type { Checkpoint } from '../../../src/runtime/audit/verifier/checkpoint.ts';
import { Verifier } from '../../../src/runtime/audit/verifier/verifier.ts';
import { session } from '../../../src/runtime/transitions/machine-set.ts';
import { ProcessChain } from '../../../src/runtime/transitions/process-chain.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import {
  changedAt,
  closedUp,
  eventIn,
  exchanged,
  without,
} from '../../fixtures/history/tampering.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

/** Verifies these events, from a checkpoint on. */
function takeIn(events: readonly StoredEvent[], from?: Checkpoint) {
  const divergences: Divergence[] = [];
  const verifier = new Verifier((divergence) => void divergences.push(divergence));
  if (from) verifier.resume(from);
  for (const stored of events) verifier.take(parseAuditEvent(stored));
  return { divergences, checkpoint: verifier.checkpoint() };
}

const written = (checkpoint: Checkpoint): Checkpoint => JSON.parse(JSON.stringify(checkpoint));

describe('a verification that was interrupted', () => {
  const tampered = fc
    .record({
      seed: fc.integer({ min: 1, max: 1000 }),
      at: fc.integer({ min: 2, max: 298 }),
      how: fc.constantFrom('none', 'changed', 'removed', 'closed up', 'exchanged', 'forged lost'),
    })
    .map(({ seed, at, how }) => {
      const events = [...longHistory(300, { agents: 8, instances: 3, seed })];
      if (how === 'changed') return changedAt(events, at, (event) => ({ at: event.at + 1 }));
      if (how === 'removed') return without(events, at);
      if (how === 'closed up') return closedUp(without(events, at));
      if (how === 'exchanged') return exchanged(events, at, { places: false });
      if (how === 'forged lost') return changedAt(events, at, () => ({ lost: 1 }));
      return events;
    });

  test('and resumed from any checkpoint has the same result', () => {
    fc.assert(
      fc.property(tampered, fc.array(fc.nat({ max: 300 }), { maxLength: 3 }), (events, cuts) => {
        const whole = takeIn(events);
        const divergences: Divergence[] = [];
        let checkpoint: Checkpoint | undefined;
        const starts = [0, ...cuts.sort((a, b) => a - b), events.length];
        for (const [n, start] of starts.slice(0, -1).entries()) {
          const part = takeIn(events.slice(start, starts[n + 1]), checkpoint);
          divergences.push(...part.divergences);
          checkpoint = written(part.checkpoint);
        }
        expect(divergences).toEqual(whole.divergences);
        expect(checkpoint).toEqual(written(whole.checkpoint));
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test('continues from its checkpoint with the later events and the registry', async () => {
    const fleet = new FleetInMemory();
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    const first = await verdictOn(fleet);
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(2));
    const { audit } = memoryStore(fleet.world);
    let read = 0;
    const counted = {
      range: () => audit.range(),
      async *read(from: number, filters?: readonly string[]) {
        for await (const stored of audit.read(from, filters)) {
          read += 1;
          yield stored;
        }
      },
    };
    const second = await verdictOn(fleet, { from: written(first.checkpoint), history: counted });
    expect(second.divergences).toEqual([]);
    expect(second.events).toBe(fleet.world.audit.last?.seq);
    expect(read).toBe(second.events - first.events);
  });
});

describe('a correct history', () => {
  test('of thousands of events has no divergence, and its state is bounded by the records', () => {
    const events = [...longHistory(5000, { agents: 20, instances: 3 })];
    const { divergences, checkpoint } = takeIn(events);
    expect(divergences).toEqual([]);
    expect(checkpoint.events).toBe(events.length);
    expect(checkpoint.records.length).toBeLessThan(20 * 4 + 1);
  });
});

describe('a process that could not write', () => {
  test('writes its events later, with the times at which they occurred', async () => {
    const fleet = new FleetInMemory();
    const { process, agent } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    process.line.down = true;
    const from = fleet.clock.wall();
    await fleet.advance(seconds(8));
    const to = fleet.clock.wall();
    process.line.down = false;
    await fleet.advance(seconds(5));
    const lapsed = fleet.audit.events.find(({ event }) => event.type === 'lapsed');
    expect(lapsed?.at).toBeGreaterThan(from);
    expect(lapsed?.at).toBeLessThan(to);
    const stored = fleet.world.audit.from(1).find(({ subject }) => subject.endsWith('session.5'));
    expect(stored && eventIn(stored).event.type).toBe('lapsed');
    expect(stored?.storedAt).toBeGreaterThanOrEqual(to);
    expect(agent.state).toBe('serving');
    const { divergences, notes } = await verdictOn(fleet);
    expect({ divergences, notes }).toEqual({
      divergences: [],
      notes: {
        ...{ lost: 0, lostTails: 0, unknownCharts: 0, unsigned: 0 },
        ...{
          unsignedEvents: 0,
          clocksApart: 0,
          unsignedKeyframes: 0,
          fromRegistry: 0,
          behind: false,
        },
      },
    });
  });

  test('causes a note with the number of lost events, not a divergence, after too long', async () => {
    const fleet = new FleetInMemory();
    const process = fleet.process('h1');
    const me = { ...slotAt('h1/a'), run: RunId.parse('run00001') };
    const author = { actor: me, ports: process.ports };
    const chain = new ProcessChain({ entity: 'session', ...me }, author, session, process.ports, 3);
    const take = (...events: readonly ({ type: string } & Record<string, unknown>)[]) => {
      for (const event of events) expect(chain.take(event)).not.toBe('ignored');
    };
    take({ type: 'opened' }, { type: 'leased' }, { type: 'claimed' });
    await fleet.advance(seconds(1));
    process.line.down = true;
    // The first of them is pending; three of the others are kept.
    take({ type: 'reconciled' });
    await fleet.advance(100);
    take({ type: 'lapsed', why: 'x' }, { type: 'regranted' });
    take({ type: 'lapsed', why: 'x' }, { type: 'regranted' }, { type: 'lapsed', why: 'x' });
    await fleet.advance(seconds(5));
    process.line.down = false;
    // Pauses between attempts grow to 6 s.
    await fleet.advance(seconds(7));
    take({ type: 'regranted' }, { type: 'told-to-leave' }, { type: 'left' });
    await fleet.advance(seconds(2));
    const events = await eventsOf(memoryStore(fleet.world).audit);
    const numbers = events.map((one) => eventIn(one).n);
    const losers = events.filter((one) => eventIn(one).lost !== undefined).map((one) => one.seq);
    expect(numbers.length + 2).toBe(12);
    expect(losers).toHaveLength(1);
    const { divergences, notes } = await verdictOn(fleet);
    expect({ divergences, lost: notes.lost }).toEqual({ divergences: [], lost: 2 });
    // A loss that it does not report is a gap.
    const [loser = 0] = losers;
    const silent = changedAt(events, loser, ({ lost: _, ...event }) => ({
      ...event,
      lost: undefined,
    }));
    const tampered = await verdictOn(fleet, { history: historyOf(silent) });
    expect(tampered.divergences).toContainEqual(
      expect.objectContaining({ seq: loser, check: 'gap' }),
    );
  });

  test('causes a note, not a divergence, if it died before its final event', async () => {
    const fleet = new FleetInMemory();
    const { collector } = fleet.collector('c1');
    const dies = fleet.agent('h1/a', ['web/1']);
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(2));
    dies.process.line.down = true;
    await fleet.advance(seconds(7));
    await fleet.kill(dies.process);
    await fleet.advance(minutes(1));
    expect(fleet.record('h1/a').kind).toBe('absent');
    const { divergences, notes } = await verdictOn(fleet);
    expect({ divergences, lostTails: notes.lostTails }).toEqual({ divergences: [], lostTails: 1 });
    // A collector with a seat still runs; one that gave its seat up has a final event.
    void collector.stop();
    await fleet.advance(seconds(5));
    expect((await verdictOn(fleet)).notes.lostTails).toBe(1);
  });

  test('counts as lost once its seat has lapsed, if it was killed with a seat', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.collector('c1');
    await fleet.advance(seconds(5));
    expect((await verdictOn(fleet)).notes.lostTails).toBe(0);
    await fleet.kill(process);
    await fleet.advance(seconds(10));
    const { divergences, notes } = await verdictOn(fleet);
    expect({ divergences, lostTails: notes.lostTails }).toEqual({ divergences: [], lostTails: 1 });
  });
});
