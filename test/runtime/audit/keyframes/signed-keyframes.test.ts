import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import type { StoredEvent } from '../../../../src/ports/audit.ts';
import { latestSignedKeyframe } from '../../../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { replayTo } from '../../../../src/runtime/audit/replay.ts';
import { eventsOf, historyOf } from '../../../fixtures/history/given-history.ts';
import { changedAt, eventIn } from '../../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../../support/event-source.ts';
import { verdictOn } from '../../support/record-verdict.ts';

const signatures = memorySignatures;
const { check } = signatures;
const { signal } = new AbortController();
const fleet = await eventfulFleet();
const { audit, keyframes } = memoryStore(fleet.world);
const events = await eventsOf(audit);
const [keyframe = 0] = fleet.world.keyframes.keys();
const kept = events.findLast((one) => eventIn(one).event.type === 'kept') as StoredEvent;

const latestIn = async (history: readonly StoredEvent[]) => {
  const ports = { audit: { ...audit, ...historyOf(history) }, keyframes, signatures };
  return (await latestSignedKeyframe(ports))?.signature.keyframe;
};

describe('a keyframe that an event signs', () => {
  const unsigned = changedAt(events, kept.seq, () => ({ key: undefined, sig: undefined }));
  const forged = changedAt(events, kept.seq, ({ at }) => ({ at: at + 1 }));

  test('is used if the signature of the event fits', async () => {
    expect(await latestIn(events)).toBe(keyframe);
    const { notes, keyframes: compared } = await verdictOn(fleet, { signatures });
    expect({ compared, ...notes }).toMatchObject({
      compared: 1,
      unsigned: 0,
      unsignedKeyframes: 0,
    });
  });

  test('is used, and counted, if the event is of an older version and has no signature', async () => {
    expect(await latestIn(unsigned)).toBe(keyframe);
    const history = historyOf(unsigned);
    const { notes } = await verdictOn(fleet, { signatures, history });
    expect(notes).toMatchObject({ unsigned: 0, unsignedKeyframes: 1 });
  });

  test('is not used if the signature of the event does not fit', async () => {
    expect(await latestIn(forged)).toBeUndefined();
    const history = historyOf(forged);
    const { notes } = await verdictOn(fleet, { signatures, history });
    expect(notes).toMatchObject({ unsigned: 1, unsignedKeyframes: 0 });
    const moment = { seq: kept.seq };
    const replayed = await replayTo(history, moment, keyframes, signal, undefined, check);
    expect(replayed.keyframe).toBe(0);
  });
});
