import { describe, expect, test } from 'vitest';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { RegistryProjection } from '../../../src/domain/replay/fold.ts';
import { applyEvent, replayTo } from '../../../src/runtime/audit/replay.ts';
import { historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

const events = [...longHistory(400, { agents: 6, instances: 3 })];
const history = historyOf(events);
const never = new AbortController().signal;
const at = (seq: number) => replayTo(history, { seq }, undefined, never);

describe('the fleet at a moment', () => {
  test('is that after the event with the sequence, or right before it with "before"', async () => {
    const after = await at(199);
    const before = await replayTo(history, { before: 200 }, undefined, never);
    expect(before.records).toEqual(after.records);
    expect([before.seq, after.seq, after.folded]).toEqual([199, 199, 199]);
  });

  test('includes all events that were stored until that time, that moment included', async () => {
    const [one, next] = [events[199], events[200]];
    if (!one || !next) throw new Error('too short a history');
    const moment = { at: next.storedAt - 1 };
    expect((await replayTo(history, moment, undefined, never)).seq).toBe(
      events.findLast(({ storedAt }) => storedAt <= moment.at)?.seq,
    );
    const then = await replayTo(history, { at: one.storedAt }, undefined, never);
    expect(then.at).toBe(one.storedAt);
    expect(then.seq).toBeGreaterThanOrEqual(one.seq);
  });

  test('is empty before the first event, and the present fleet after the last one', async () => {
    const none = await at(0);
    expect([none.seq, none.at, none.fleet.size]).toEqual([0, 0, 0]);
    const all = await at(Number.MAX_SAFE_INTEGER);
    expect(all.seq).toBe(events.length);
    expect(all.records).toEqual((await at(events.length)).records);
  });

  test('is the same whether it is reached event by event or in one step', async () => {
    const fleet = new Fleet();
    const fold = new RegistryProjection();
    for (const stored of events) {
      const recorded = parseAuditEvent(stored);
      if (recorded.kind === 'event') applyEvent(fleet, fold, recorded);
      if (stored.seq % 40 !== 0) continue;
      const replayed = await at(stored.seq);
      expect(fold.records).toEqual(replayed.records);
      const slots = (of: Fleet) => [...of.slots()].map(({ slot }) => slot).sort();
      expect(slots(fleet)).toEqual(slots(replayed.fleet));
    }
  });

  test('is computed without an unreadable event (G12)', async () => {
    const [one, ...rest] = events;
    const broken = [{ ...(one as (typeof events)[number]), text: 'no event' }, ...rest];
    const replayed = await replayTo(historyOf(broken), { seq: 400 }, undefined, never);
    expect(replayed.folded).toBe(400);
    expect([...replayed.records.keys()]).toEqual([...(await at(400)).records.keys()]);
  });
});
