import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actorOf,
  eventJson,
  stateText,
  subjectOf,
  whyOf,
} from '../../../src/cli/audit/event-lines.ts';
import { zoneName } from '../../../src/cli/terminal/format-time.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { anyEvent } from '../../arbitrary/records.ts';

const stored = (text: string) => ({ seq: 7, origin: 9, storedAt: 0, subject: 'h.a.r.1', text });
const run = { host: 'h1', agent: 'a', run: 'abcdefgh' };
const event = (more: object) =>
  AuditEvent.parse({
    v: 1,
    eventId: 'e',
    at: 0,
    of: { entity: 'run', ...run },
    machine: 'run',
    chart: 'c',
    n: 1,
    event: { type: 'expired' },
    from: null,
    to: 'expired',
    edges: [],
    actor: run,
    record: null,
    prev: null,
    ...more,
  });

describe('an audit event', () => {
  it('is printed as stored, plus its sequence and its time as text', () => {
    fc.assert(
      fc.property(anyEvent, (one) => {
        const document = JSON.parse(JSON.stringify(one));
        const subject = eventSubject(one.of, one.n);
        const line = eventJson(parseAuditEvent({ ...stored(JSON.stringify(one)), subject }));
        const { atIso, ...printed } = JSON.parse(line);
        expect(printed).toEqual({ ...document, seq: 7 });
        const time = new Date(one.at);
        expect(atIso).toBe(Number.isNaN(time.getTime()) ? null : time.toISOString());
      }),
    );
  });

  it.each(['', 'null', '{}', '{"v":99}', 'half {', '[1,2]'])(
    'that is unreadable (%j) is reported and does not end the command',
    (text) => {
      const read = parseAuditEvent(stored(text));
      expect(read).toMatchObject({ kind: 'illegible', seq: 7, subject: 'h.a.r.1' });
      expect(JSON.parse(eventJson(read))).toMatchObject({ seq: 7, unreadable: expect.any(String) });
    },
  );
});

describe('an audit event for people', () => {
  it.each([
    [null, ''],
    ['serving', 'serving'],
    [{ present: { phase: 'live', sight: 'clear' } }, 'live'],
    [{ present: { phase: 'live', sight: 'suspect' } }, 'live suspect'],
    [{ seated: 'watching' }, 'watching'],
  ])('shows the state %j as “%s”', (value, text) => {
    expect(stateText(value)).toBe(text);
  });

  it('names the actor: itself or another agent', () => {
    expect(actorOf(event({}))).toBe('itself');
    expect(actorOf(event({ actor: { host: 'h2', agent: 'c', run: 'ijklmnop' } }))).toBe('h2/c');
  });

  it('names the entity that it is about', () => {
    expect(subjectOf(event({}))).toBe('h1/a');
    const of = { entity: 'instance', ...run, service: 'web', id: 'w1' };
    expect(subjectOf(event({ of }))).toBe('web/w1');
  });

  it('gives the reason from the event, then the evidence of the decision', () => {
    const because = { reason: 'silent', silentFor: 3200, judged: 17, lastRenewal: { revision: 5 } };
    const { reason, ...evidence } = because;
    expect(whyOf(event({ event: { type: 'suspected', reason }, evidence }))).toBe(
      'reason silent; silent for 3.2 s, judged 17, last renewal (revision 5)',
    );
    expect(whyOf(event({}))).toBe('');
  });
});

describe('an event of the fleet', () => {
  const hold = { entity: 'hold', host: 'h1', run: 'abcdefgh' };
  const operator = { host: 'desk', agent: 'operator', run: 'abcdefgh' };

  it('of a hold gives its end and its reason', () => {
    const until = new Date(2026, 5, 1, 12).getTime();
    const planned = { of: hold, event: { type: 'planned' }, record: { until, why: 'disk' } };
    expect(whyOf(event(planned))).toBe(`until 2026-06-01 12:00:00 ${zoneName(until)}: disk`);
    expect(whyOf(event({ ...planned, event: { type: 'released' }, record: null }))).toBe('');
  });

  it('of the policy lists the values that differ from the defaults', () => {
    const of = { entity: 'policy', run: 'abcdefgh' };
    const said = (policy: object) =>
      whyOf(event({ of, event: { type: 'adopted' }, record: { policy } }));
    expect(said({ seats: 5, brake: { pace: 5000 } })).toBe('seats 5, brake.pace 5s');
    expect(said({})).toBe('defaults');
  });

  it('never has itself as the actor, whatever its ids are', () => {
    expect(actorOf(event({ of: hold, actor: operator }))).toBe('desk/operator');
  });
});
