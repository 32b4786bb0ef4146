import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { toAgentRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { RegistryProjection } from '../../../src/domain/replay/fold.ts';
import type { Revision } from '../../../src/domain/time.ts';
import { type ReplayResult, replayTo } from '../../../src/runtime/audit/replay.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { eventsOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import { drawSchedule, peace } from '../../sim/schedule/schedule.ts';
import { simulate } from '../../sim/simulate.ts';
import type { Simulated } from '../../sim/simulation-result.ts';

/** The records that stand, as the registry has them. */
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

/** Calls `look` after every write, when the audit has been given what there is. */
function atEveryWrite({ audit }: MemoryServer, look: () => void): void {
  const catchUp = audit.catchUp.bind(audit);
  audit.catchUp = () => {
    catchUp();
    look();
  };
}

/** What one sees of a fleet: every row that a consumer is shown. */
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

const anySeed = fc.integer({ min: 1, max: 1_000_000 });
/** What is written by hand is in no event. */
const byHand = new Set(['bad-record', 'slot-record-by-hand', 'orphan']);

/** Plays what a seed does to a fleet, the hands of others aside. */
async function play(seed: number, begun: (sim: Simulated) => void): Promise<void> {
  const { shape, happenings } = drawSchedule(seed);
  const small = { ...shape, instances: Math.min(4, shape.instances) };
  const ours = happenings.filter(({ what }) => !byHand.has(what)).slice(0, 15);
  // What is held back is let go in peace.
  const whole = [...ours, { after: 0, what: peace }];
  await simulate({ seed, shape: small, happenings: whole }, begun);
}

describe('whatever happens to a fleet', () => {
  test('at every write, folding the events gives the registry, revisions included (G8)', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anySeed, async (seed) => {
        const fold = new RegistryProjection();
        let folded = 0;
        const compare = (world: MemoryServer) => {
          for (const stored of world.audit.from(folded + 1)) {
            folded += 1;
            const recorded = parseAuditEvent(stored);
            if (recorded.kind === 'event') fold.take(recorded);
          }
          // An audit that is held back is behind.
          if (world.registry.lastSeq > (world.audit.last?.origin ?? 0)) return;
          compared += 1;
          expect(entriesOf(fold)).toEqual(registryOf(world));
        };
        await play(seed, ({ fleet: { world } }) => atEveryWrite(world, () => compare(world)));
      }),
      { numRuns: 8 },
    );
    expect(compared).toBeGreaterThan(200);
  }, 60_000);

  test('replayed to any moment, it is as a directory saw it then', async () => {
    let moments = 0;
    await fc.assert(
      fc.asyncProperty(anySeed, async (seed) => {
        const commits: Revision[] = [];
        const seen = new Map<Revision, { rows: string; observed: boolean }>();
        const worlds: MemoryServer[] = [];
        await play(seed, ({ fleet }) => {
          const { world } = fleet;
          worlds.push(world);
          // A commit that comes in parts is at no moment of the history as a directory sees it halfway.
          world.batchSize = (waiting) => waiting;
          atEveryWrite(world, () => void commits.push(world.registry.lastSeq));
          const { directory } = fleet.directory({
            onChange: () =>
              void seen.set(directory.revision, {
                rows: rowsOf(directory),
                observed: directory.observed,
              }),
          });
        });
        const [world] = worlds;
        if (!world) throw new Error('nothing was played');
        const { audit } = memoryStore(world);
        const events = await eventsOf(audit);
        moments += seen.size;
        for (const [revision, { rows, observed }] of seen) {
          const end = commits.find((last) => last >= revision) ?? 0;
          const seq = events.filter(({ origin }) => origin <= end).at(-1)?.seq ?? 0;
          const replayed = await replayTo(audit, { seq }, undefined, new AbortController().signal);
          expect(replayedRows(replayed, observed)).toBe(rows);
        }
      }),
      { numRuns: 10 },
    );
    expect(moments).toBeGreaterThan(100);
  }, 60_000);
});

test('a late end of an earlier run leaves the record of the run that has it now', () => {
  const fold = new RegistryProjection();
  const events = [...longHistory(1)].map((stored) => parseAuditEvent(stored));
  const [first] = events;
  if (first?.kind !== 'event') throw new Error('no event');
  const another = { ...first.event.of, run: 'another0run' } as typeof first.event.of;
  fold.take({ ...first, event: { ...first.event, of: another } });
  fold.take({ ...first, origin: first.origin + 1, event: { ...first.event, record: null } });
  expect([...fold.records.values()].map(({ run }) => run)).toEqual(['another0run']);
});
