import { describe, expect, test } from 'vitest';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { longestEvent } from '../../../src/domain/events/event-json.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { longestReason } from '../../../src/domain/records/schema-problems.ts';
import { cpuOf, entries } from '../support/oversized.ts';
import { runId, slotOf } from '../support/sample-records.ts';

const actor = { ...slotOf('h1/a'), run: runId('run1') };
const event: AuditEvent = {
  ...{ v: 1, eventId: 'e1', at: 1, of: { entity: 'run', ...actor }, machine: 'run', chart: 'c' },
  ...{ n: 1, event: { type: 'started' }, from: null, to: 'live', edges: [], actor },
  ...{ record: { v: 1 }, prev: null },
};
const place = {
  seq: 7,
  origin: 7,
  storedAt: 1,
  subject: eventSubject({ entity: 'run', ...actor }, 1),
};
const parse = (text: string) => parseAuditEvent({ ...place, text });

/** Nested states, 400 levels deep. */
let deep: unknown = 1;
for (let level = 0; level < 400; level += 1) deep = { a: deep };

describe('an audit event', () => {
  test.each([
    ['edges of the wrong type', { edges: Array(280_000).fill(1) }, 'edges: more than 256 entries'],
    ['edges', { edges: Array(257).fill('ab') }, 'edges: more than 256 entries'],
    ['regions in its target', { to: entries(40_000, 1) }, 'to: more than 256 entries'],
    ['regions in its source', { from: entries(40_000, 'v') }, 'from: more than 256 entries'],
    ['nested regions', { to: entries(100, deep) }, 'to: more than 256 regions'],
    ['facts', { evidence: entries(40_000, 1) }, 'evidence: more than 256 entries'],
    ['fields in its record', { record: entries(40_000, 1) }, 'record: more than 256 entries'],
    ['unknown fields', entries(40_000, 1), 'value: more than 256 entries'],
  ])('with too many %s is refused without an error for each', (_, change, why) => {
    const text = JSON.stringify({ ...event, ...change });
    expect(text.length).toBeLessThan(longestEvent);
    const { result, ms } = cpuOf(() => parse(text));
    expect(result).toEqual({ kind: 'illegible', ...place, why });
    expect(ms).toBeLessThan(150);
  });

  test('that is longer than an event may be is not parsed', () => {
    const why = 'it has 589825 characters, and an event may have at most 589824';
    const text = JSON.stringify(event);
    expect(parse(text.padEnd(longestEvent + 1))).toMatchObject({ kind: 'illegible', why });
    expect(parse(text.padEnd(longestEvent)).kind).toBe('event');
  });

  test('has room for the longest detail, in the event and in its record', () => {
    const detail = 'x'.repeat(260_000);
    const text = JSON.stringify({
      ...{ ...event, event: { type: 'failed', detail } },
      record: { v: 1, detail },
    });
    expect(parse(text).kind).toBe('event');
  });

  test('with as many edges and regions as are allowed is read', () => {
    const most = { edges: Array(256).fill('ab'), to: { a: entries(255, 'b') } };
    expect(parse(JSON.stringify({ ...event, ...most })).kind).toBe('event');
  });

  test('that a file names as unreadable has a short reason', () => {
    const read = parseAuditEvent({ ...place, text: '', illegible: 'x'.repeat(10_000) });
    expect(read).toHaveProperty('why.length', longestReason);
  });
});
