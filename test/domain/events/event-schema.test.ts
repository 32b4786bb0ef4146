import { describe, expect, test } from 'vitest';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { runId, slotOf } from '../support/sample-records.ts';

const actor = { ...slotOf('h1/a'), run: runId('run1') };
const event: AuditEvent = {
  v: 1,
  eventId: 'e1',
  at: Date.UTC(2026, 0, 1),
  of: { entity: 'run', ...actor },
  machine: 'run',
  chart: '0123456789ab',
  n: 1,
  event: { type: 'started' },
  from: null,
  to: { present: { phase: 'registering', sight: 'clear' } },
  edges: [],
  actor,
  record: { v: 1 },
  prev: null,
};
const readable = (change: object) => AuditEvent.safeParse({ ...event, ...change }).success;

describe('an audit event', () => {
  test('reads back as it was written', () => {
    const full = { ...event, cause: 'e0', evidence: { lease: 'absent', nested: { n: 1 } } };
    expect(AuditEvent.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  test('keeps fields that this version does not know, because the hash covers them', () => {
    const newer = { ...event, weather: 'fine', event: { type: 'started', mood: 'good' } };
    expect(AuditEvent.parse(newer)).toEqual(newer);
  });

  test.each([
    ['another version', { v: 2 }],
    ['the number 0', { n: 0 }],
    ['a fractional number', { n: 1.5 }],
    ['an unknown entity', { of: { ...event.of, entity: 'cat' } }],
    ['an instance without its name', { of: { ...event.of, entity: 'instance' } }],
    ['an actor whose run is not a run id', { actor: { ...actor, run: 'X' } }],
    ['an event without a type', { event: {} }],
    ['no target state', { to: null }],
    ['a target state that is not a state', { to: 7 }],
    ['a record that is not an object', { record: 'gone' }],
    ['a time with a fraction of a millisecond', { at: 1.5 }],
  ])('with %s is refused', (_, change) => {
    expect(readable(change)).toBe(false);
  });

  test.each([
    ['a simple state', { to: 'expired' }],
    ['a state with regions', { to: { a: { b: 'c' } } }],
    ['a removed record', { record: null }],
    ['the hash of a previous event', { prev: 'ab'.repeat(32) }],
  ])('with %s is read', (_, change) => {
    expect(readable(change)).toBe(true);
  });
});
