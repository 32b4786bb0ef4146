import { describe, expect, test } from 'vitest';
import { describeChain } from '../../../src/domain/events/audit-entry.ts';
import { type AuditEvent, eventVersion } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { eventIn, withOneMore } from '../../fixtures/history/tampering.ts';
import { currentEvent, divergencesOf, events, find, fleet, hashOf } from './tampered-history.ts';

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
      // The record that took the slot has term 0; the next one has the revision of that write.
      record: { ...before.record, term: before.record?.['term'] || fleet.record('h1/a').revision },
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

  /** Expected and found of the divergence of the event itself; the registry differs too. */
  async function faultOf(change: Partial<AuditEvent>) {
    const forged = next(currentEvent, { ...regranted, ...change });
    const all = await divergencesOf(withOneMore(events, forged));
    return all
      .filter(({ check }) => check !== 'registry')
      .map(({ check, expected, found }) => `${check}: ${expected}; ${found}`);
  }

  test('with a term of 0 is named with the revision that the term must be', async () => {
    const { record } = eventIn(currentEvent);
    expect(await faultOf({ record: { ...record, term: 0 } })).toEqual([
      expect.stringMatching(/^record: term \d{9,}: the revision of the registration; term 0$/),
    ]);
  });

  test('with a record that cannot be read is named with the field', async () => {
    const { record } = eventIn(currentEvent);
    expect(await faultOf({ record: { ...record, ttl: 'long' } })).toEqual([
      expect.stringMatching(/^record: a valid record; ttl: /),
    ]);
  });

  test('may leave out its chart and its edges, which follow from its states', async () => {
    expect(await faultOf({ chart: '', edges: [] })).toEqual([]);
    expect(await faultOf({ chart: '', edges: [], event: { type: 'announced' } })).toContainEqual(
      expect.stringMatching(/^target: /),
    );
  });

  test('of an unknown type is named with the types that exist', async () => {
    expect(await faultOf({ event: { type: 'renewed' } })).toContainEqual(
      expect.stringMatching(/^author: an event type that exists for run: started, .*"renewed"/),
    );
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
      record: { ...record, ...run, term: 0, phase: 'registering' },
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
