import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordSubject } from '../../src/adapters/memory/layout.ts';
import { memoryStore } from '../../src/adapters/memory/store.ts';
import type { MemoryWorld } from '../../src/adapters/memory/world.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { Fold } from '../../src/domain/fold.ts';
import { agentRow, instanceRow } from '../../src/domain/join.ts';
import { readEvent } from '../../src/domain/recorded.ts';
import type { Revision } from '../../src/domain/time.ts';
import type { Directory } from '../../src/runtime/directory.ts';
import { type Replayed, replayTo } from '../../src/runtime/replay.ts';
import { eventsOf } from '../history/given-history.ts';
import { longHistory } from '../history/long-history.ts';
import { Walk } from './walk.ts';

/** The records that stand, as the registry has them. */
function registryOf({ registry }: MemoryWorld): Map<string, Entry> {
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

const entriesOf = (fold: Fold): Map<string, Entry> =>
  new Map([...fold.records].map(([key, { entry }]) => [key, entry]));

/** Calls `look` after every write, when the audit has been given what there is. */
function atEveryWrite({ audit }: MemoryWorld, look: () => void): void {
  const catchUp = audit.catchUp.bind(audit);
  audit.catchUp = () => {
    catchUp();
    look();
  };
}

/** What one sees of a fleet: every row that a consumer is shown. */
const rowsOf = (rows: Pick<Directory, 'instances' | 'agents'>): string =>
  JSON.stringify([...rows.instances(), ...rows.agents()].map((row) => JSON.stringify(row)).sort());

const replayedRows = ({ fleet }: Replayed, observed: boolean): string =>
  rowsOf({
    agents: () => [...fleet.slots()].flatMap((slot) => agentRow(slot, fleet, observed) ?? []),
    instances: () =>
      [...fleet.slots()].flatMap((slot) =>
        [...slot.instances.values()].flatMap((stored) =>
          stored.kind === 'stored' ? [instanceRow(stored, slot, fleet, observed)] : [],
        ),
      ),
  });

const anyHistory = {
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  steps: fc.integer({ min: 5, max: 40 }),
};

async function walkOn(walk: Walk, steps: number): Promise<void> {
  await walk.begin();
  for (let n = 0; n < steps; n += 1) await walk.step();
  await walk.calm();
}

describe('whatever happens to a fleet', () => {
  test('at every write, folding the events gives the registry, revisions included (G8)', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.record(anyHistory), async ({ seed, steps }) => {
        const walk = new Walk(seed);
        const { world } = walk.fleet;
        const fold = new Fold();
        let folded = 0;
        atEveryWrite(world, () => {
          for (const stored of world.audit.from(folded + 1)) {
            folded += 1;
            const recorded = readEvent(stored);
            if (recorded.kind === 'event') fold.take(recorded);
          }
          // An audit that is held back is behind.
          if (world.registry.lastSeq > (world.audit.last?.origin ?? 0)) return;
          compared += 1;
          expect(entriesOf(fold)).toEqual(registryOf(world));
        });
        await walkOn(walk, steps);
      }),
      { numRuns: 15 },
    );
    expect(compared).toBeGreaterThan(500);
  }, 60_000);

  test('replayed to any moment, it is as a directory saw it then', async () => {
    let moments = 0;
    await fc.assert(
      fc.asyncProperty(fc.record(anyHistory), async ({ seed, steps }) => {
        const walk = new Walk(seed);
        const { world } = walk.fleet;
        const commits: Revision[] = [];
        atEveryWrite(world, () => void commits.push(world.registry.lastSeq));
        const seen = new Map<Revision, { rows: string; observed: boolean }>();
        const { directory } = walk.fleet.directory({
          onChange: () =>
            void seen.set(directory.revision, {
              rows: rowsOf(directory),
              observed: directory.observed,
            }),
        });
        await walkOn(walk, steps);
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
      { numRuns: 25 },
    );
    expect(moments).toBeGreaterThan(100);
  }, 60_000);
});

test('a late end of an earlier run leaves the record of the run that has it now', () => {
  const fold = new Fold();
  const events = [...longHistory(1)].map((stored) => readEvent(stored));
  const [first] = events;
  if (first?.kind !== 'event') throw new Error('no event');
  const another = { ...first.event.of, run: 'another0run' } as typeof first.event.of;
  fold.take({ ...first, event: { ...first.event, of: another } });
  fold.take({ ...first, origin: first.origin + 1, event: { ...first.event, record: null } });
  expect([...fold.records.values()].map(({ run }) => run)).toEqual(['another0run']);
});
