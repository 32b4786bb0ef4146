import { describe, expect, test } from 'vitest';
import { describeChain } from '../../../src/domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { registryKeyOf } from '../../../src/domain/replay/fold.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { changedAt, eventIn } from '../../fixtures/history/tampering.ts';
import { divergencesOf, events, find, fleet, hashOf, keyframe } from './tampered-history.ts';

/** Whether its record exists and names it. */
function hasRecord(one: StoredEvent): boolean {
  const key = registryKeyOf(eventIn(one));
  const texts = fleet.world.registry.after(0, (subject) => subject === `record.${key}`);
  return texts.some(({ text }) => text?.includes(hashOf(one)));
}

/** Whether a later event of its chain or of the chain that took over exists. */
const hasSuccessor = (one: StoredEvent): boolean =>
  events.some((other) => eventIn(other).prev === hashOf(one));

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

  test('is not detected only if it is unsigned, the last of its chain, and its entity has no record', async () => {
    const unseen = [];
    for (const { seq } of events) {
      if ((await divergencesOf(changedAt(events, seq, change))).length === 0) unseen.push(seq);
    }
    const bare = events.filter((one) => !hasSuccessor(one) && !hasRecord(one));
    expect(unseen).toEqual(bare.filter(({ seq }) => seq > keyframe).map(({ seq }) => seq));
  });

  test('is reported if its machine does not allow the transition', async () => {
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

  test('is reported with its subject if it is no longer an event', async () => {
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
