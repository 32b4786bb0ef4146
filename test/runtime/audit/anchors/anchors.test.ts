import { describe, expect, test } from 'vitest';
import { memorySignatures } from '../../../../src/adapters/memory/signatures.ts';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { Namespace, RunId } from '../../../../src/domain/identity/names.ts';
import { type Anchor, anchorLine, parseAnchor } from '../../../../src/domain/replay/anchor.ts';
import { hours, minutes, seconds } from '../../../../src/domain/time.ts';
import { AnchorChecker } from '../../../../src/runtime/audit/anchors/anchor-checker.ts';
import { HistoryDigest } from '../../../../src/runtime/audit/anchors/history-digest.ts';
import { Collector } from '../../../../src/runtime/collector/collector.ts';
import { eventsOf, historyOf } from '../../../fixtures/history/given-history.ts';
import { changedAt } from '../../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../../support/event-source.ts';
import { FleetInMemory, slotAt } from '../../support/fleet-in-memory.ts';
import { verdictOn } from '../../support/record-verdict.ts';

const namespace = Namespace.parse('n');
const { signal } = new AbortController();
const { check } = memorySignatures;

const anchorIn = (line: string): Anchor => {
  const anchor = parseAnchor(line, check);
  if (typeof anchor === 'string') throw new Error(anchor);
  return anchor;
};

/** An agent, and a collector that writes an anchor each hour into a list. */
async function given() {
  const fleet = new FleetInMemory();
  fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(5));
  const process = fleet.process('c1');
  const lines: string[] = [];
  const disk = { isFull: false };
  const keep = async (line: string) => {
    if (disk.isFull) throw new Fault('bad-setting', 'the disk is full');
    lines.push(line);
  };
  const run = RunId.parse('collector1');
  const anchors = { namespace, every: hours(1), keep };
  const options = { lease: fleet.lease, anchors, onTransition() {} };
  const collector = new Collector({ ...slotAt('c1/collector'), run }, options, process.ports);
  collector.done.catch((error: unknown) => void fleet.bugs.push(error));
  await fleet.advance(seconds(5));
  return { fleet, process, collector, lines, disk };
}

describe('a collector with a place for anchors', () => {
  test('writes one at its start, and one each hour in which there were events', async () => {
    const { fleet, lines, collector } = await given();
    expect(lines).toHaveLength(1);
    await fleet.advance(hours(1));
    const { length } = lines;
    expect(length).toBe(2);
    const [, second] = lines.map(anchorIn);
    expect(second).toMatchObject({
      ...{ namespace: 'n', by: collector.self, key: collector.self.run },
      seq: fleet.world.audit.last?.seq,
    });
    await fleet.advance(minutes(59));
    expect(lines).toHaveLength(2);
  });

  test('continues to collect while they cannot be written, and tries again each minute', async () => {
    const { fleet, process, lines, disk, collector } = await given();
    disk.isFull = true;
    await fleet.advance(hours(1) + minutes(2));
    expect(collector.state).toBe('watching');
    const failed = process.logged.filter(({ event }) => event === 'history-not-anchored');
    expect(failed.length).toBeGreaterThan(1);
    expect(failed[0]?.fields).toEqual({ why: 'the disk is full' });
    disk.isFull = false;
    await fleet.advance(minutes(1));
    expect(lines).toHaveLength(2);
    expect(fleet.bugs).toEqual([]);
  });
});

describe('an anchor', () => {
  test('agrees with its history, also after more events', async () => {
    const { fleet, lines } = await given();
    const anchors = lines.map(anchorIn);
    await fleet.advance(minutes(5));
    const { divergences, anchors: report } = await verdictOn(fleet, { anchors });
    expect(divergences).toEqual([]);
    expect(report).toEqual({ agreed: 1, unchecked: 0, anchoredTo: anchors[0]?.seq });
  });

  test('names a history in which any event before it was changed', async () => {
    const { fleet, lines } = await given();
    const anchors = lines.map(anchorIn);
    const [{ seq: last } = { seq: 0 }] = anchors;
    const events = await eventsOf(memoryStore(fleet.world).audit);
    for (const { seq } of events) {
      const changed = historyOf(changedAt(events, seq, ({ at }) => ({ at: at + 1 })));
      const { divergences } = await verdictOn(fleet, { anchors, history: changed });
      const named = divergences.filter((one) => one.check === 'anchor').map((one) => one.seq);
      expect(named).toEqual(seq <= last ? [last] : []);
    }
  });

  test('names a history that ends before it', async () => {
    const { fleet, lines } = await given();
    const events = await eventsOf(memoryStore(fleet.world).audit);
    const anchors = lines.map(anchorIn);
    const history = historyOf(events.slice(0, (anchors[0]?.seq ?? 0) - 1));
    const { divergences } = await verdictOn(fleet, { anchors, history });
    expect(divergences).toContainEqual(
      expect.objectContaining({ check: 'anchor', expected: `event ${anchors[0]?.seq}` }),
    );
  });

  test('agrees with a trimmed history from the keyframe on where it is valid again', async () => {
    const fleet = await eventfulFleet();
    const store = memoryStore(fleet.world);
    const events = await eventsOf(store.audit);
    const [keyframe = 0] = fleet.world.keyframes.keys();
    const ports = { ...fleet.process('desk').ports };
    const position = await new HistoryDigest(ports).advance(signal);
    const by = { ...slotAt('desk/operator'), run: RunId.parse('operator01') };
    const about = { namespace, createdAt: null, at: 0, by };
    const late = anchorIn(anchorLine(position, about, memorySignatures.signerFor(by.run)));
    const early = { ...late, seq: keyframe - 3, digest: 'ab'.repeat(32) };
    const trimmed = historyOf(events.slice(keyframe - 2));
    const whole = await verdictOn(fleet, { anchors: [late] });
    expect(whole.divergences).toEqual([]);
    const { divergences, anchors } = await verdictOn(fleet, {
      anchors: [early, late],
      history: trimmed,
    });
    expect(divergences).toEqual([]);
    expect(anchors).toEqual({ agreed: 1, unchecked: 1, anchoredTo: late.seq });
    const wrong = { ...late, digest: 'cd'.repeat(32) };
    const forged = await verdictOn(fleet, { anchors: [wrong], history: trimmed });
    expect(forged.divergences.map((one) => one.check)).toEqual(['anchor']);
  });

  test('from before a history that begins later is a divergence if no other can be compared', async () => {
    const fleet = await eventfulFleet();
    const events = await eventsOf(memoryStore(fleet.world).audit);
    const [keyframe = 0] = fleet.world.keyframes.keys();
    const by = { ...slotAt('desk/operator'), run: RunId.parse('operator01') };
    const about = { namespace, createdAt: null, at: 0, by };
    const position = { seq: keyframe - 3, events: 1, digest: 'ab'.repeat(32) };
    const early = anchorIn(anchorLine(position, about, memorySignatures.signerFor(by.run)));
    const history = historyOf(events.slice(keyframe - 2));
    const { divergences, checkpoint } = await verdictOn(fleet, { anchors: [early], history });
    expect(divergences).toEqual([
      expect.objectContaining({
        seq: early.seq,
        check: 'anchor',
        expected: 'an anchor that can be compared',
      }),
    ]);
    const resumed = await verdictOn(fleet, { anchors: [early], history, from: checkpoint });
    expect(resumed.divergences).toEqual([]);
    expect(resumed.anchors.unchecked).toBe(1);
  });

  test('that was changed is not an anchor', async () => {
    const { lines } = await given();
    const [line = ''] = lines;
    expect(parseAnchor(line.replace('"v":1', '"v":1,"w":1'), check)).toContain('it was changed');
    expect(parseAnchor('{}', check)).toBe('it is not an anchor');
    expect(parseAnchor('{', check)).toBe('it is not JSON');
  });

  test('at the same event as the state where a verification begins is compared', () => {
    const said: string[] = [];
    const anchor = { seq: 5, digest: 'a', by: slotAt('h/a') } as unknown as Anchor;
    const later = { ...anchor, seq: 6, digest: 'b' };
    const checker = new AnchorChecker([later, anchor], ({ found }) => void said.push(found));
    checker.beginAfter({ seq: 5, events: 5, digest: 'a' });
    expect(checker.result).toEqual({ agreed: 1, unchecked: 0, anchoredTo: 5 });
    checker.pass({ seq: 6, events: 6, digest: 'c' });
    expect(said).toEqual(['digest c: it was written anew']);
  });
});
