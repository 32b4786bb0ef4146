import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import type { Keyframes } from '../../../src/ports/keyframes.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { changedAt, eventIn } from '../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../support/event-source.ts';
import { type FleetInMemory, specOf } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

let fleet: FleetInMemory;
let keyframe: number;

beforeEach(async () => {
  fleet = await eventfulFleet();
  [keyframe = 0] = fleet.world.keyframes.keys();
});

const linesOf = () => (fleet.world.keyframes.get(keyframe) ?? '').trimEnd().split('\n');
const replace = (lines: readonly string[]) =>
  void fleet.world.keyframes.set(keyframe, `${lines.join('\n')}\n`);
const signedAt = () =>
  fleet.world.audit.from(1).find((one) => eventIn(one).event.type === 'kept')?.seq ?? 0;

/** Changes the first line of a kind. */
function change(kind: string, how: (line: string) => string | undefined): string {
  const lines = linesOf();
  const at = lines.findIndex((line) => line.startsWith(`["${kind}"`));
  const name = JSON.parse(lines[at] ?? '[]')[1];
  const changed = how(lines[at] ?? '');
  replace(lines.toSpliced(at, 1, ...(changed === undefined ? [] : [changed])));
  return name;
}

describe('a changed keyframe', () => {
  test('is reported with the changed record, and does not match its signature', async () => {
    const entity = change('record', (line) => line.replace('\\"grace\\":10000', '\\"grace\\":1'));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toEqual([
      expect.objectContaining({ seq: keyframe, entity, check: 'keyframe' }),
      expect.objectContaining({
        seq: signedAt(),
        entity: `keyframe ${keyframe}`,
        check: 'keyframe',
      }),
    ]);
  });

  test('is reported with the chain whose state was changed', async () => {
    const entity = change('open', (line) =>
      line.replace(/"hash":"[0-9a-f]{8}/, '"hash":"00000000'),
    );
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: keyframe, entity, check: 'keyframe' }),
    );
  });

  test.each([
    ['a line is missing', (lines: string[]) => lines.slice(0, -1)],
    ['the end is missing', (lines: string[]) => lines.slice(0, 5)],
    ['a line cannot be parsed', (lines: string[]) => lines.with(3, '["open"')],
    ['a line is of an unknown kind', (lines: string[]) => lines.with(3, '["close","x",{}]')],
    ['its head is missing', (lines: string[]) => lines.slice(1)],
    ['it is empty', () => []],
  ])('is unreadable if %s', async (_, how) => {
    replace(how(linesOf()));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toContainEqual(
      expect.objectContaining({
        seq: keyframe,
        entity: `keyframe ${keyframe}`,
        check: 'keyframe',
        expected: 'a keyframe that can be read',
      }),
    );
  });

  test('is reported with the omitted record, although the count was corrected', async () => {
    const entity = change('record', () => undefined);
    replace(linesOf().with(0, (linesOf()[0] ?? '').replace(/"records":6/, '"records":5')));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: keyframe, entity, check: 'keyframe' }),
    );
  });

  test('does not match its signature if only a field without another check was changed', async () => {
    change('predecessor', (line) => line.replace(/"hash":"[0-9a-f]{8}/, '"hash":"00000000'));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toEqual([
      expect.objectContaining({
        seq: signedAt(),
        entity: `keyframe ${keyframe}`,
        check: 'keyframe',
      }),
    ]);
  });

  test('is not used to start a replay: the result is the same', async () => {
    const { audit, keyframes } = memoryStore(fleet.world);
    const never = new AbortController().signal;
    const moment = { seq: keyframe + 2 };
    const before = await replayTo(audit, moment, keyframes, never);
    expect(before.keyframe).toBe(keyframe);
    change('record', (line) => line.replace('\\"grace\\":10000', '\\"grace\\":1'));
    const after = await replayTo(audit, moment, keyframes, never);
    expect(after.keyframe).toBe(0);
    expect(after.records).toEqual(before.records);
  });
});

describe('a keyframe without a signature', () => {
  test('is noted, and not used as a start', async () => {
    const { audit, keyframes } = memoryStore(fleet.world);
    const unsigned = (await eventsOf(audit)).filter((one) => eventIn(one).event.type !== 'kept');
    const { notes } = await verdictOn(fleet, { history: historyOf(unsigned) });
    expect(notes.unsigned).toBe(1);
    const moment = { seq: keyframe + 2 };
    const replayed = await replayTo(
      historyOf(unsigned),
      moment,
      keyframes,
      new AbortController().signal,
    );
    expect(replayed.keyframe).toBe(0);
  });
});

/** The history from this event on, as limits on the stream leave it. */
const trimmedTo = async (first: number) => {
  const events = await eventsOf(memoryStore(fleet.world).audit);
  return events.filter(({ seq }) => seq >= first);
};
const verdictOnTrimmed = async (first: number, keyframes?: Keyframes) =>
  verdictOn(fleet, {
    history: historyOf(await trimmedTo(first)),
    ...(keyframes && { keyframes }),
  });

describe('a history that was trimmed', () => {
  test('is valid if it begins at any event up to the one after its keyframe', async () => {
    for (let first = 2; first <= keyframe + 1; first += 1) {
      const {
        divergences,
        begunFrom,
        first: begins,
        notes,
        events,
      } = await verdictOnTrimmed(first);
      expect(divergences).toEqual([]);
      expect({ begins, begunFrom, notes }).toMatchObject({
        begins: first,
        begunFrom: keyframe,
        notes: { unsigned: 0 },
      });
      expect(events).toBe((fleet.world.audit.last?.seq ?? 0) - first + 1);
    }
  });

  test('is reported, and not treated as complete, if it begins after all keyframes', async () => {
    const first = keyframe + 2;
    const { divergences, begunFrom } = await verdictOnTrimmed(first);
    expect(begunFrom).toBe(0);
    // Nothing else is reported, because the earlier state is not known.
    expect(divergences).toEqual([
      {
        seq: first,
        entity: 'history',
        check: 'stream',
        expected: `event 1, or a signed keyframe at ${first - 1} or after`,
        found: `event ${first}, and no such keyframe: what was before is not known`,
      },
    ]);
  });

  test('does not start from a keyframe that was changed', async () => {
    change('record', (line) => line.replace('\\"grace\\":10000', '\\"grace\\":1'));
    const { divergences, begunFrom } = await verdictOnTrimmed(keyframe + 1);
    expect(begunFrom).toBe(0);
    const entity = `keyframe ${keyframe}`;
    expect(divergences).toContainEqual(
      expect.objectContaining({ seq: signedAt(), entity, check: 'keyframe' }),
    );
    expect(divergences).toContainEqual(
      expect.objectContaining({ entity: 'history', check: 'stream' }),
    );
  });

  test('is checked before its keyframe too: a changed event there is reported', async () => {
    const first = 20;
    const events = await trimmedTo(first);
    const missed = [];
    for (const { seq } of events.filter((one) => one.seq <= keyframe)) {
      const changed = changedAt(events, seq, ({ at }) => ({ at: at + 1 }));
      const { divergences } = await verdictOn(fleet, { history: historyOf(changed) });
      const named = divergences.some((one) => one.seq === seq && one.check === 'hash');
      if (!named && !divergences.some((one) => one.check === 'keyframe')) missed.push(seq);
    }
    expect(missed).toEqual([]);
  });

  test('is compared with the registry, with the records from before its beginning', async () => {
    fleet.byHand('instance.h1.a.web.2', undefined);
    const { divergences } = await verdictOnTrimmed(keyframe + 1);
    expect(divergences).toEqual([
      expect.objectContaining({ entity: 'instance.h1.a.web.2', check: 'registry' }),
    ]);
  });

  test('is replayed from its keyframe to the same result as the complete history', async () => {
    const { audit, keyframes } = memoryStore(fleet.world);
    const never = new AbortController().signal;
    const moment = { at: fleet.clock.wall() };
    const whole = await replayTo(audit, moment, undefined, never);
    const trimmed = historyOf(await trimmedTo(keyframe + 1));
    const replayed = await replayTo(trimmed, moment, keyframes, never);
    expect([replayed.keyframe, whole.keyframe]).toEqual([keyframe, 0]);
    expect(replayed.records).toEqual(whole.records);
  });
});

describe('keyframes', () => {
  test('lead a replay to the same fleet at every moment', async () => {
    const { agent } = fleet.agent('h4/a', ['web/9']);
    for (let n = 0; n < 30; n += 1) {
      agent.replace([{ ...specOf('web/9'), port: n + 1 }]);
      await fleet.advance(seconds(5));
    }
    await fleet.advance(minutes(1));
    expect(fleet.world.keyframes.size).toBeGreaterThan(1);
    const { audit, keyframes } = memoryStore(fleet.world);
    const never = new AbortController().signal;
    for (const { seq, storedAt } of await eventsOf(audit)) {
      for (const moment of [{ seq }, { before: seq }, { at: storedAt }]) {
        const plain = await replayTo(audit, moment, undefined, never);
        const quick = await replayTo(audit, moment, keyframes, never);
        expect({ seq: quick.seq, at: quick.at, records: quick.records }).toEqual({
          seq: plain.seq,
          at: plain.at,
          records: plain.records,
        });
        expect(quick.keyframe + quick.folded).toBe(plain.folded);
      }
    }
  });
});
