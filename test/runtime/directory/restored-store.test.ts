import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import type { DirectoryChange } from '../../../src/runtime/directory/row-changes.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';
import { recordedFacts } from '../support/recorded-facts.ts';

const rowOf = (row: DirectoryChange['now']) => row && `${row.host} ${row.service}/${row.id}`;

/** A directory that is cut off while the registry loses its tail: web/2 is lost, web/3 is written instead. */
async function cutOffDuringRestore() {
  const fleet = new FleetInMemory();
  const one = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(1));
  const copy = fleet.world.registry.copy();
  const two = fleet.agent('h2/a', ['web/2']);
  await fleet.advance(seconds(1));
  const process = fleet.process('consumer');
  const changes: DirectoryChange[] = [];
  const { facts, metrics } = recordedFacts();
  const directory = new Directory(
    { ...process.ports, metrics },
    { seatsEvery: fleet.lease.ttl, onChange: (more) => void changes.push(...more) },
  );
  await directory.ready;
  await fleet.advance(seconds(1));
  changes.length = 0;
  process.line.down = true;
  await fleet.kill(one.process);
  await fleet.kill(two.process);
  fleet.world.registry.restore(copy);
  fleet.agent('h3/a', ['web/3']);
  fleet.agent('h4/a', ['web/4', 'web/5']);
  await fleet.advance(seconds(5));
  process.line.down = false;
  await fleet.advance(seconds(5));
  return { directory, changes, facts, logged: process.logged };
}

test('a directory reports the contents of a registry that lost its tail, and each instance that is missing', async () => {
  const { directory, changes } = await cutOffDuringRestore();
  expect(directory.instances().map(rowOf).sort()).toEqual([
    'h1 web/1',
    'h3 web/3',
    'h4 web/4',
    'h4 web/5',
  ]);
  const gone = changes.filter(({ now }) => now === undefined);
  expect(gone.map(({ before }) => rowOf(before))).toEqual(['h2 web/2']);
});

test('a directory logs and counts the entries that it had wrong', async () => {
  const { facts, logged } = await cutOffDuringRestore();
  const corrected = logged.filter(({ event }) => event === 'view-corrected');
  expect(corrected).toHaveLength(1);
  expect(corrected[0]?.fields).toMatchObject({
    watch: 'directory',
    why: 'the stream has another history',
    entries: 2,
  });
  expect(facts).toContainEqual(['viewCorrected', 'directory', 2]);
});
