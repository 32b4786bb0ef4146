import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { breakNext, unforeseen } from '../faults/broken-port.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';

const unhandled: unknown[] = [];
const note = (cause: unknown) => void unhandled.push(cause);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

/** The functions of ports that a directory calls. */
const calls = [
  ['registry', 'watch'],
  ['leases', 'list'],
  ['clock', 'wall'],
  ['clock', 'monotonic'],
] as const;

describe.each(unforeseen)('%s in a task of a directory', (_what, cause) => {
  test.each(calls)('in %s.%s is logged, and the view goes on', async (...call) => {
    const fleet = new FleetInMemory();
    fleet.collector('c1');
    const { ports, logged, line } = fleet.process('consumer');
    const directory = new Directory(ports, { seatsEvery: seconds(1) });
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    breakNext(ports, call, cause);
    // Its watch is made again.
    line.down = true;
    await fleet.advance(seconds(5));
    line.down = false;
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(20));
    expect(unhandled).toEqual([]);
    expect(directory.instances('web').map(({ id, state }) => `${id} ${state}`)).toEqual([
      '1 live',
      '2 live',
    ]);
    expect(directory.age).toBeLessThan(seconds(5));
    const failures = logged.filter(({ event }) => event === 'directory-failed');
    expect(failures.length).toBeLessThan(2);
    await directory[Symbol.asyncDispose]();
  });
});

test('a listener that throws does not stop a directory, and the failure is logged', async () => {
  const fleet = new FleetInMemory();
  const { ports, logged } = fleet.process('consumer');
  let calls = 0;
  const onChange = () => {
    calls += 1;
    if (calls === 1) throw new TypeError('unforeseen');
  };
  const directory = new Directory(ports, { seatsEvery: seconds(1), onChange });
  await directory.ready;
  fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(10));
  fleet.agent('h2/a', ['web/2']);
  await fleet.advance(seconds(10));
  expect(unhandled).toEqual([]);
  expect(logged).toContainEqual(
    expect.objectContaining({
      event: 'directory-failed',
      fields: { task: 'registry', why: 'TypeError: unforeseen' },
    }),
  );
  expect(directory.instances('web').map(({ id }) => id)).toEqual(['1', '2']);
  await directory[Symbol.asyncDispose]();
});
