import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { passesFastSchemaCheck } from '../../../src/domain/events/fast-schema-check.ts';
import { anyEvent } from '../../arbitrary/records.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

/** Any value in place of a field. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(0, -0, -1, 1, 1.5, 2 ** 53, '', 'x', '\u0007', 'é', [], {}, null, true),
  fc.constantFrom('run', 'session', 'hold', 'run00000', 'RUN00000', 'x'.repeat(400)),
  fc.constant(JSON.parse('{"__proto__":1}')),
  fc.constant({ a: { b: { c: 'd' } } }),
);

/** An event in which up to two values are replaced, missing or added. */
const nearlyEvent = fc
  .tuple(
    anyEvent,
    fc.array(fc.tuple(fc.nat(), anything, fc.integer({ min: 0, max: 2 })), { maxLength: 2 }),
  )
  .map(([event, changes]) => {
    let value: unknown = JSON.parse(JSON.stringify(event));
    for (const [at, other, how] of changes) value = changed(value, at, other, how);
    return value;
  });

function changed(value: unknown, at: number, other: unknown, how: number): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const fields = Object.keys(value);
  const field = fields[at % (fields.length + 1)];
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...value };
  if (field === undefined) copy['more'] = other;
  else if (how === 0) delete copy[field];
  else if (how === 1) copy[field] = other;
  else copy[field] = changed(copy[field], Math.floor(at / (fields.length + 1)), other, 1);
  return copy;
}

describe('the fast schema check', () => {
  test('passes only values that the full parser returns unchanged', () => {
    fc.assert(
      fc.property(nearlyEvent, (value) => {
        if (!passesFastSchemaCheck(value)) return;
        const parsed = AuditEvent.safeParse(value);
        expect(parsed.error?.issues ?? []).toEqual([]);
        expect(parsed.data).toEqual(value);
      }),
      { numRuns: 3000 },
    );
  });

  test('passes the events that the runtime writes', () => {
    const events = [...longHistory(500, { agents: 5 })].map(({ text }) => JSON.parse(text));
    expect(events.filter((event) => !passesFastSchemaCheck(event))).toEqual([]);
  });

  test.each([
    ['a name outside ASCII', 'of', { entity: 'run', host: 'é', agent: 'a', run: 'run00000' }],
    ['a field that the parser drops', 'actor', { host: 'h', agent: 'a', run: 'run00000', more: 1 }],
    ['a record with a __proto__', 'record', JSON.parse('{"__proto__":1}')],
  ])('leaves an event with %s to the full parser', (_, field, value) => {
    const [event] = [...longHistory(1)].map(({ text }) => JSON.parse(text));
    expect(passesFastSchemaCheck(event)).toBe(true);
    expect(passesFastSchemaCheck({ ...event, [field]: value })).toBe(false);
  });
});
