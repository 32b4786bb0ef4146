import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { describeChain } from '../../../src/domain/events/audit-entry.ts';
import { type AuditEvent, eventVersion } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import { registryKeyOf } from '../../../src/domain/replay/fold.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import {
  changedAt,
  closedUp,
  eventIn,
  exchanged,
  withOneMore,
  without,
} from '../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../support/event-source.ts';
import { verdictOn } from '../support/record-verdict.ts';

const fleet = await eventfulFleet();
const events = await eventsOf(memoryStore(fleet.world).audit);
const [keyframe = 0] = fleet.world.keyframes.keys();

/** The divergences of this history from the registry of the fleet, which has not changed. */
const divergencesOf = async (tampered: readonly StoredEvent[]) =>
  (await verdictOn(fleet, { history: historyOf(tampered) })).divergences;

const chainOf = ({ subject }: StoredEvent): string => subject.slice(0, subject.lastIndexOf('.'));
const lastOf = new Map(events.map((one) => [chainOf(one), one.seq]));
const isLast = (one: StoredEvent): boolean => lastOf.get(chainOf(one)) === one.seq;
const hashOf = (one: StoredEvent): string => hashEvent(one.text);

/** Whether its record exists and names it. */
function hasRecord(one: StoredEvent): boolean {
  const key = registryKeyOf(eventIn(one));
  const texts = fleet.world.registry.after(0, (subject) => subject === `record.${key}`);
  return texts.some(({ text }) => text?.includes(hashOf(one)));
}

/** Whether a later event of its chain or of the chain that took over exists. */
const hasSuccessor = (one: StoredEvent): boolean =>
  events.some((other) => eventIn(other).prev === hashOf(one));

const find = (type: string, entity: string, nth = 0): StoredEvent => {
  const found = events.filter((one) => {
    const { event, of } = eventIn(one);
    return event.type === type && of.entity === entity;
  })[nth];
  if (!found) throw new Error(`no ${type} of a ${entity}`);
  return found;
};

/** The last event of the run that holds h1/a. */
const currentEvent = events.findLast((one) => {
  const { of } = eventIn(one);
  return of.entity === 'run' && of.host === 'h1';
}) as StoredEvent;

test('a history without tampering has no divergence', async () => {
  const { divergences, keyframes, notes } = await verdictOn(fleet);
  expect(divergences).toEqual([]);
  expect({ keyframes, ...notes }).toMatchObject({ keyframes: 1, unsigned: 0, unknownCharts: 0 });
  expect(events.length).toBeGreaterThan(keyframe + 5);
});

describe('an event that was changed', () => {
  const change = ({ at }: AuditEvent) => ({ at: at + 1 });
  const named = (one: StoredEvent) => [one.seq, eventIn(one).event.type, one] as const;

  test.each(events.filter(hasSuccessor).map(named))(
    'is named by what was written after it (%i, %s)',
    async (seq, _, one) => {
      const divergences = await divergencesOf(changedAt(events, seq, change));
      const heirs = events.filter((other) => eventIn(other).prev === hashOf(one));
      for (const heir of heirs) {
        const entity = describeChain(eventIn(heir).of);
        const expected = hashOf(one);
        expect(divergences).toContainEqual(
          expect.objectContaining({ seq, entity, check: 'hash', expected }),
        );
      }
    },
  );

  test.each(events.filter(hasRecord).map(named))(
    'is reported by the existing record (%i, %s)',
    async (seq, _, one) => {
      const divergences = await divergencesOf(changedAt(events, seq, change));
      const entity = registryKeyOf(eventIn(one));
      expect(divergences).toContainEqual(
        expect.objectContaining({ seq, check: 'registry', entity }),
      );
    },
  );

  test.each(events.filter(({ seq }) => seq <= keyframe).map(named))(
    'is not what a keyframe has signed (%i, %s)',
    async (seq) => {
      const divergences = await divergencesOf(changedAt(events, seq, change));
      const entity = `keyframe ${keyframe}`;
      expect(divergences).toContainEqual(
        expect.objectContaining({ seq: keyframe, check: 'keyframe', entity }),
      );
    },
  );

  test('is undetected only as the last one of an entity without a record, before a signature', async () => {
    const unseen = [];
    for (const { seq } of events) {
      if ((await divergencesOf(changedAt(events, seq, change))).length === 0) unseen.push(seq);
    }
    const bare = events.filter((one) => !hasSuccessor(one) && !hasRecord(one));
    expect(unseen).toEqual(bare.filter(({ seq }) => seq > keyframe).map(({ seq }) => seq));
  });

  test('to a transition that its machine does not make is reported by the machine', async () => {
    const one = find('suspected', 'run');
    const to = { present: { phase: 'leaving', sight: 'suspect' } };
    const divergences = await divergencesOf(changedAt(events, one.seq, () => ({ to })));
    const entity = describeChain(eventIn(one).of);
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: one.seq, entity, check: 'target', found: JSON.stringify(to) }),
    );
  });

  test.each([
    ['another source', 'from', { from: { present: { phase: 'leaving', sight: 'clear' } } }],
    ['another edge', 'edges', { edges: ['run.present|superseded|0'] }],
    ['another transition', 'target', { event: { type: 'announced' } }],
    ['a record of no entity', 'record', { record: {} }],
    ['no record', 'record', { record: null }],
  ])('to have %s is reported', async (_, check, changes) => {
    const one = find('expired', 'run');
    const divergences = await divergencesOf(changedAt(events, one.seq, () => changes));
    const entity = describeChain(eventIn(one).of);
    expect(divergences).toContainEqual(expect.objectContaining({ seq: one.seq, entity, check }));
  });

  test.each([
    ['in another state', { phase: 'leaving' }],
    ['of another run', { run: 'run00000' }],
    ['of another host', { host: 'h9' }],
    ['of another number', { n: 9 }],
  ])('to have a record %s is reported', async (_, changes) => {
    const one = find('suspected', 'run');
    const divergences = await divergencesOf(
      changedAt(events, one.seq, ({ record }) => ({ record: { ...record, ...changes } })),
    );
    expect(divergences).toContainEqual(expect.objectContaining({ seq: one.seq, check: 'record' }));
  });

  test('to have the record of another instance is reported', async () => {
    const one = find('failed', 'instance');
    const divergences = await divergencesOf(
      changedAt(events, one.seq, ({ record }) => ({ record: { ...record, id: '9' } })),
    );
    expect(divergences).toContainEqual(expect.objectContaining({ seq: one.seq, check: 'record' }));
  });

  test('to something that is no event is reported by its subject', async () => {
    const one = find('failed', 'instance');
    const tampered = events.map((other) => (other === one ? { ...one, text: '{"v":1' } : other));
    expect(await divergencesOf(tampered)).toContainEqual(
      expect.objectContaining({ seq: one.seq, entity: one.subject, check: 'illegible' }),
    );
  });

  test('to another subject is reported with its own subject', async () => {
    const one = find('failed', 'instance');
    const subject = 'h9.a.run99999.7';
    const tampered = events.map((other) => (other === one ? { ...one, subject } : other));
    expect(await divergencesOf(tampered)).toContainEqual(
      expect.objectContaining({
        seq: one.seq,
        entity: describeChain(eventIn(one).of),
        check: 'subject',
        expected: one.subject,
        found: subject,
      }),
    );
  });
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

describe('an event that was forged', () => {
  /** The next event of a chain, as its own run would write it. */
  function next(
    after: StoredEvent,
    change: Partial<AuditEvent>,
  ): { subject: string; text: string } {
    const before = eventIn(after);
    const n = before.n + 1;
    const event = {
      ...before,
      v: eventVersion,
      eventId: 'forged',
      n,
      from: before.to,
      prev: hashOf(after),
      ...change,
    } as AuditEvent;
    const record = event.record && { ...event.record, n: event.n };
    return {
      subject: eventSubject(event.of, event.n),
      text: JSON.stringify({ ...event, record }),
    };
  }

  const regranted = {
    event: { type: 'regranted' },
    edges: ['run.present.sight.clear|regranted|0'],
    actor: eventIn(currentEvent).actor,
  };

  test('at the end of a chain differs from the last event of the record', async () => {
    const divergences = await divergencesOf(withOneMore(events, next(currentEvent, regranted)));
    expect(divergences).toEqual([
      expect.objectContaining({
        seq: events.length + 1,
        entity: 'agent.h1.a',
        check: 'registry',
        expected: expect.stringContaining('event 3'),
        found: expect.stringContaining('event 2'),
      }),
    ]);
  });

  test('before another event repeats the number of that event', async () => {
    const { of } = eventIn(currentEvent);
    const first = events.find((one) => {
      const { event, of: other } = eventIn(one);
      return event.type === 'started' && other.run === of.run;
    }) as StoredEvent;
    const forged = next(first, { ...regranted, to: eventIn(first).to });
    const divergences = await divergencesOf(withOneMore(events, forged, first.seq));
    expect(divergences).toContainEqual(
      expect.objectContaining({
        seq: currentEvent.seq + 1,
        entity: describeChain(of),
        check: 'repeated',
      }),
    );
  });

  test('for a run that never existed has no record in the registry', async () => {
    const { of, record, actor } = eventIn(currentEvent);
    const run = { host: 'h8', agent: 'a', run: 'run99999' };
    const begins = {
      of: { ...of, ...run } as AuditEvent['of'],
      actor: { ...actor, ...run } as AuditEvent['actor'],
      n: 1,
      event: { type: 'started' },
      from: null,
      to: { present: { phase: 'registering', sight: 'clear' } },
      edges: [],
      record: { ...record, ...run, phase: 'registering' },
      prev: null,
    };
    expect(await divergencesOf(withOneMore(events, next(currentEvent, begins)))).toEqual([
      expect.objectContaining({
        seq: events.length + 1,
        entity: 'agent.h8.a',
        check: 'registry',
        found: 'no record',
      }),
    ]);
  });

  test('after the end of a run is unknown to its machine', async () => {
    const one = find('superseded', 'run');
    const forged = next(one, { ...regranted, to: { present: { phase: 'live', sight: 'clear' } } });
    const entity = describeChain(eventIn(one).of);
    const seq = events.length + 1;
    const divergences = await divergencesOf(withOneMore(events, forged));
    expect(divergences).toContainEqual(expect.objectContaining({ seq, entity, check: 'from' }));
    expect(divergences).toContainEqual(expect.objectContaining({ seq, entity, check: 'target' }));
  });
});
