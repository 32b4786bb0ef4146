import { describe, expect } from 'vitest';
import { selectUsable } from '../../../src/domain/fleet/pick.ts';
import { messagesPerBatch } from '../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const names = Array.from({ length: 1000 }, (_, n) => `web/${n}`);
/** An adoption is three messages: the record, the old chain's end, the new chain's start. */
const adoptionsPerBatch = Math.floor(messagesPerBatch / 3);
const batches = Math.ceil(names.length / adoptionsPerBatch);

const usable = (directory: Directory) => ({
  'prefer-live': selectUsable(directory.instances(), 'prefer-live').length,
  any: selectUsable(directory.instances(), 'any').length,
});
const all = { 'prefer-live': names.length, any: names.length };

/** An agent that died, and its next run, which stops before this commit. */
async function restarted(fleet: FleetInMemory, commit: number) {
  fleet.collector('c1');
  const { directory } = fleet.directory();
  const first = fleet.agent('h1/a', names, { sees: true });
  await fleet.advance(seconds(5));
  await fleet.kill(first.process);
  const process = fleet.process('h1', { sees: true });
  let commits = 0;
  process.beforeCommit = async () => {
    commits += 1;
    if (commits === commit) await fleet.kill(process);
  };
  fleet.agent('h1/a', names, { process });
  await fleet.advance(seconds(0.5));
  return directory;
}

describe('a restarted agent with 1000 instances', () => {
  scenario('takes none of them from consumers while it adopts them', async (fleet) => {
    fleet.collector('c1');
    let directory: Directory | undefined;
    const seen: unknown[] = [];
    const onChange = () => void (directory && seen.push(usable(directory).any));
    directory = fleet.directory({ onChange }).directory;
    const first = fleet.agent('h1/a', names, { sees: true });
    await fleet.advance(seconds(5));
    expect(usable(directory)).toEqual(all);
    seen.splice(0);
    await fleet.kill(first.process);
    fleet.agent('h1/a', names, { sees: true });
    await fleet.advance(seconds(5));
    expect(seen.length).toBeGreaterThan(batches);
    expect(new Set(seen)).toEqual(new Set([names.length]));
    expect(directory.instances().every(({ state }) => state === 'live')).toBe(true);
  });

  for (const adopted of [1, batches - 1]) {
    scenario(
      `that is killed after ${adopted} of ${batches} batches takes none from consumers until it expires`,
      async (fleet) => {
        const directory = await restarted(fleet, adopted + 1);
        const owners = Object.values(fleet.instances('h1/a'));
        // The first batch also has the record of the run, with two events: as many messages as one adoption.
        expect(owners.filter((run) => run === fleet.holder('h1/a'))).toHaveLength(
          adopted * adoptionsPerBatch - 1,
        );
        do {
          expect(usable(directory).any).toBe(names.length);
          await fleet.advance(500);
        } while (fleet.phase('h1/a') === 'registering');
        while (fleet.phase('h1/a').startsWith('registering')) {
          expect(usable(directory)).toEqual(all);
          expect(selectUsable(directory.instances(), 'strict')).toEqual([]);
          await fleet.advance(500);
        }
        const { ttl, grace } = fleet.lease;
        await fleet.advance(ttl + grace);
        expect(fleet.instances('h1/a')).toEqual({});
      },
    );
  }
});
