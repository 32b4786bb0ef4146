import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { toAgentRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { RegistryProjection } from '../../../src/domain/replay/fold.ts';
import { minutes, type Revision } from '../../../src/domain/time.ts';
import { type ReplayResult, replayTo } from '../../../src/runtime/audit/replay.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { eventsOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import { drawSchedule, peace } from '../../sim/schedule/schedule.ts';
import { simulate } from '../../sim/simulate.ts';
import type { Simulated } from '../../sim/simulation-result.ts';

/** The records of the registry. */
function registryOf({ registry }: MemoryServer): Map<string, KeyValueEntry> {
  const prefix = recordSubject('');
  return new Map(
    registry
      .after(0, (subject) => subject.startsWith(prefix))
      .filter(({ text }) => text !== undefined)
      .map(({ subject, seq: revision, text }) => {
        const key = subject.slice(prefix.length);
        return [key, { key, revision, text }];
      }),
  );
}

const entriesOf = (fold: RegistryProjection): Map<string, KeyValueEntry> =>
  new Map([...fold.records].map(([key, { entry }]) => [key, entry]));

/** Calls `look` after every write, when the audit has copied it. */
function atEveryWrite({ audit }: MemoryServer, look: () => void): void {
  const catchUp = audit.catchUp.bind(audit);
  audit.catchUp = () => {
    catchUp();
    look();
  };
}

/** The visible state of a fleet: every row for consumers. */
const rowsOf = (rows: Pick<Directory, 'instances' | 'agents'>): string =>
  JSON.stringify([...rows.instances(), ...rows.agents()].map((row) => JSON.stringify(row)).sort());

const replayedRows = ({ fleet }: ReplayResult, observed: boolean): string =>
  rowsOf({
    agents: () => [...fleet.slots()].flatMap((slot) => toAgentRow(slot, fleet, observed) ?? []),
    instances: () =>
      [...fleet.slots()].flatMap((slot) =>
        [...slot.instances.values()].flatMap((stored) =>
          stored.kind === 'stored' ? [toInstanceRow(stored, slot, fleet, observed)] : [],
        ),
      ),
  });

/**
 * Only fleets with a short ttl: their faults are the same, and a case with a ttl of an hour exceeds the time
 * limit of a case on a busy machine (seed 743949 plays 14 hours).
 */
const anySeed = fc
  .integer({ min: 1, max: 1_000_000 })
  .filter((seed) => drawSchedule(seed).shape.lease.ttl <= minutes(2));
/**
 * Manual edits have no event. If registry and audit come back from different moments (seed 931196), or one of them is
 * created again (seed 948323), the events are of writes that are gone, until the loss is recorded;
 * `replay-losses.test.ts` compares what is replayed then.
 */
const byHand = ['bad-record', 'slot-record-by-hand', 'orphan'];
const notPlayed = new Set([...byHand, 'both-restored', 'made-anew']);

/** Runs the faults of a seed on a fleet, without those of `notPlayed`. */
async function play(seed: number, begun: (sim: Simulated) => void): Promise<void> {
  const { shape, happenings } = drawSchedule(seed);
  const small = { ...shape, instances: Math.min(4, shape.instances) };
  const ours = happenings.filter(({ what }) => !notPlayed.has(what)).slice(0, 15);
  // Delayed messages are released.
  const whole = [...ours, { after: 0, what: peace }];
  await simulate({ seed, shape: small, happenings: whole }, begun);
}

describe('the history of any fleet', () => {
  test('folds to the registry at every write, revisions included (G8)', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, async (seed) => {
        let compared = 0;
        const fold = new RegistryProjection();
        let folded = 0;
        const compare = (world: MemoryServer) => {
          for (const stored of world.audit.from(folded + 1)) {
            folded += 1;
            const recorded = parseAuditEvent(stored);
            if (recorded.kind === 'event') fold.take(recorded);
          }
          // A delayed audit lags.
          if (world.registry.lastSeq > (world.audit.last?.origin ?? 0)) return;
          compared += 1;
          expect(entriesOf(fold)).toEqual(registryOf(world));
        };
        await play(seed, ({ fleet: { world } }) => atEveryWrite(world, () => compare(world)));
        // Every seed ends in peace, when the audit has every event: without a comparison nothing was checked.
        expect(compared).toBeGreaterThan(0);
      }),
      { numRuns: 8, examples: [[931196]] },
    );
  }, 60_000);

  test('replays at any moment to the fleet that a directory had', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, async (seed) => {
        const commits: Revision[] = [];
        const seen = new Map<Revision, { rows: string; observed: boolean }>();
        const worlds: MemoryServer[] = [];
        const directories: Directory[] = [];
        const look = (directory: Directory): void =>
          void seen.set(directory.revision, {
            rows: rowsOf(directory),
            observed: directory.observed,
          });
        await play(seed, ({ fleet }) => {
          const { world } = fleet;
          worlds.push(world);
          // A directory can see part of a commit; no moment of the history shows it.
          world.batchSize = (waiting) => waiting;
          atEveryWrite(world, () => void commits.push(world.registry.lastSeq));
          const { directory } = fleet.directory({ onChange: () => look(directory) });
          directories.push(directory);
        });
        const [world] = worlds;
        const [directory] = directories;
        if (!world || !directory) throw new Error('nothing was played');
        // A fleet without instances, as that of seed 778145, reports no change.
        look(directory);
        const { audit } = memoryStore(world);
        const events = await eventsOf(audit);
        for (const [revision, { rows, observed }] of seen) {
          const end = commits.find((last) => last >= revision) ?? 0;
          const seq = events.filter(({ origin }) => origin <= end).at(-1)?.seq ?? 0;
          const replayed = await replayTo(audit, { seq }, undefined, new AbortController().signal);
          expect(replayedRows(replayed, observed)).toBe(rows);
        }
      }),
      { numRuns: 10, examples: [[778145], [948323]] },
    );
  }, 60_000);
});

test('a late end of an earlier run keeps the record of the present run', () => {
  const fold = new RegistryProjection();
  const events = [...longHistory(1)].map((stored) => parseAuditEvent(stored));
  const [first] = events;
  if (first?.kind !== 'event') throw new Error('no event');
  const another = { ...first.event.of, run: 'another0run' } as typeof first.event.of;
  fold.take({ ...first, event: { ...first.event, of: another } });
  fold.take({ ...first, origin: first.origin + 1, event: { ...first.event, record: null } });
  expect([...fold.records.values()].map(({ run }) => run)).toEqual(['another0run']);
});
