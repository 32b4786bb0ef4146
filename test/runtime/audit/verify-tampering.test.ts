import { describe, expect, test } from 'vitest';
import { describeChain } from '../../../src/domain/events/audit-entry.ts';
import { registryKeyOf } from '../../../src/domain/replay/fold.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import {
  changedAt,
  closedUp,
  eventIn,
  exchanged,
  without,
} from '../../fixtures/history/tampering.ts';
import { verdictOn } from '../support/record-verdict.ts';
import {
  currentEvent,
  divergencesOf,
  events,
  find,
  fleet,
  hashOf,
  keyframe,
} from './tampered-history.ts';

const chainOf = ({ subject }: StoredEvent): string => subject.slice(0, subject.lastIndexOf('.'));
const lastOf = new Map(events.map((one) => [chainOf(one), one.seq]));
const isLast = (one: StoredEvent): boolean => lastOf.get(chainOf(one)) === one.seq;
test('a history without tampering has no divergence', async () => {
  const { divergences, keyframes, notes } = await verdictOn(fleet);
  expect(divergences).toEqual([]);
  expect({ keyframes, ...notes }).toMatchObject({ keyframes: 1, unsigned: 0, unknownCharts: 0 });
  expect(events.length).toBeGreaterThan(keyframe + 5);
});

describe('an event that was removed', () => {
  const named = (one: StoredEvent) => [one.seq, eventIn(one).event.type, one] as const;
  const inside = events.slice(1, -1).map(named);

  test.each(inside)('leaves a gap (%i, %s)', async (seq) => {
    const divergences = await divergencesOf(without(events, seq));
    const expected = { seq: seq + 1, check: 'stream', expected: `sequence ${seq}` };
    expect(divergences).toContainEqual(expect.objectContaining(expected));
  });

  test.each(events.filter((one) => !isLast(one)).map(named))(
    'leaves a gap in its chain, though all others move up (%i, %s)',
    async (_, __, one) => {
      const divergences = await divergencesOf(closedUp(without(events, one.seq)));
      const { of, n } = eventIn(one);
      const next = events.find((other) => chainOf(other) === chainOf(one) && other.seq > one.seq);
      expect(divergences).toContainEqual({
        seq: (next?.seq ?? 0) - 1,
        entity: describeChain(of),
        check: 'gap',
        expected: `number ${n}`,
        found: `number ${n + 1}`,
      });
    },
  );

  test.each(
    events.filter((one) => isLast(one) && registryKeyOf(eventIn(one)) !== undefined).map(named),
  )('that was the last of its chain leaves the record unexplained (%i, %s)', async (_, __, one) => {
    const divergences = await divergencesOf(closedUp(without(events, one.seq)));
    const key = registryKeyOf(eventIn(one));
    const byRecord = divergences.filter(
      ({ check, entity }) => check === 'registry' && entity === key,
    );
    // If another run has taken the record over, its chain continues from the missing event.
    const byHeir = divergences.filter(({ check }) => check === 'hash');
    expect([...byRecord, ...byHeir].length).toBeGreaterThan(0);
  });

  test('with its whole chain leaves a record without an event', async () => {
    const { of } = eventIn(currentEvent);
    const left = events.filter((one) => eventIn(one).of.run !== of.run);
    const divergences = await divergencesOf(closedUp(left));
    expect(divergences).toContainEqual(
      expect.objectContaining({
        seq: 0,
        entity: 'agent.h1.a',
        check: 'registry',
        expected: 'no record',
      }),
    );
  });

  test('is not excused by a count of lost events: only a process can lose events', async () => {
    const one = find('failed', 'instance');
    const next = events.find((other) => eventIn(other).prev === hashOf(one)) as StoredEvent;
    const claimed = changedAt(events, next.seq, () => ({ lost: 1, prev: eventIn(one).prev }));
    const divergences = await divergencesOf(closedUp(without(claimed, one.seq)));
    expect(divergences).toContainEqual(
      expect.objectContaining({ check: 'gap', entity: describeChain(eventIn(one).of) }),
    );
  });
});

describe('events that were reordered', () => {
  const pairs = events.slice(0, -1).map((one) => [one.seq, one.seq + 1] as const);

  // If the first event is not number 1, the history counts as trimmed.
  test.each(pairs.slice(1))(
    'stand in another order than they were written in (%i, %i)',
    async (seq) => {
      const divergences = await divergencesOf(exchanged(events, seq, { places: true }));
      expect(divergences).toContainEqual(expect.objectContaining({ seq, check: 'order' }));
    },
  );

  test.each(pairs)('are reported by the order of their revisions (%i, %i)', async (seq) => {
    const divergences = await divergencesOf(closedUp(exchanged(events, seq, { places: true })));
    expect(divergences).toContainEqual(expect.objectContaining({ seq: seq + 1, check: 'order' }));
  });

  test.each(pairs.filter(([seq]) => seq < keyframe))(
    'do not match a signed keyframe (%i, %i)',
    async (seq) => {
      const divergences = await divergencesOf(exchanged(events, seq, { places: false }));
      expect(divergences).toContainEqual(
        expect.objectContaining({ seq: keyframe, check: 'keyframe' }),
      );
    },
  );

  const ofOneChain = pairs.filter(([a, b]) => {
    const [first, second] = [events[a - 1], events[b - 1]];
    return first && second && chainOf(first) === chainOf(second);
  });

  test.each(ofOneChain)('of one chain break the chain (%i, %i)', async (first, second) => {
    const divergences = await divergencesOf(exchanged(events, first, { places: false }));
    const { of } = eventIn(events[first - 1] as StoredEvent);
    const entity = describeChain(of);
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: first, entity, check: 'gap' }),
    );
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: second, entity, check: 'repeated' }),
    );
  });

  test('of one chain are part of the sample', () => {
    expect(ofOneChain.length).toBeGreaterThan(1);
  });
});
