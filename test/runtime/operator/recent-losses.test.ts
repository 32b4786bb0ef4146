import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { LossWatch } from '../../../src/runtime/operator/loss-watch.ts';
import { acknowledgeLosses } from '../../../src/runtime/operator/operator-actions.ts';
import { readLosses } from '../../../src/runtime/operator/read-losses.ts';
import { readRecentLosses } from '../../../src/runtime/operator/recent-losses.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';

const { signal } = new AbortController();

/** A fleet in which agents died, left, came back, and handed instances over; its viewer. */
async function troubledFleet() {
  const fleet = new FleetInMemory();
  fleet.collector('watch');
  const agents = ['dead', 'back', 'taken', 'left', 'lives'].map((host) =>
    fleet.agent(`${host}/a`, [`web/${host}`, `db/${host}`]),
  );
  const [dead, back, taken, left] = agents;
  await fleet.advance(seconds(10));
  for (const one of [dead, back, taken]) if (one) await fleet.kill(one.process);
  await left?.agent.stop();
  await fleet.advance(seconds(120));
  fleet.agent('back/a', ['web/back']);
  const other = fleet.agent('other/a', ['web/taken']);
  await fleet.advance(seconds(20));
  await other.agent.stop();
  await fleet.advance(seconds(20));
  const { ports } = fleet.process('viewer');
  const answered = async <T>(reading: Promise<T>) => {
    await fleet.advance(seconds(5));
    return reading;
  };
  return { fleet, ports, answered };
}

test('the recent losses are those of the whole history, from the events of removed agents alone', async () => {
  const { ports, answered } = await troubledFleet();
  const asked: string[] = [];
  const audit: typeof ports.audit = {
    ...ports.audit,
    read(from, filters = ['>']) {
      asked.push(...filters);
      return ports.audit.read(from, filters);
    },
  };
  const recent = await answered(readRecentLosses({ ...ports, audit }, signal));
  const whole = await answered(readLosses(ports.audit, signal));
  expect(recent.lost()).toEqual(whole.lost());
  expect([recent, whole].map(({ backIn }) => backIn('', 0).length)).toEqual([1, 1]);
  expect(recent.lost()).toMatchObject([
    {
      host: 'dead',
      instances: [
        { service: 'web', id: 'dead' },
        { service: 'db', id: 'dead' },
      ],
    },
    { host: 'taken', instances: [{ service: 'db', id: 'taken' }] },
  ]);
  expect(asked.filter((one) => one.startsWith('lives.'))).toEqual([]);
});

test('a watch of losses reads the history only after a change, and leaves out what is acknowledged', async () => {
  const { fleet, ports, answered } = await troubledFleet();
  let reads = 0;
  const counted: typeof ports = {
    ...ports,
    audit: {
      ...ports.audit,
      read(...args) {
        reads += 1;
        return ports.audit.read(...args);
      },
    },
  };
  const directory = new Directory(ports);
  await answered(directory.ready);
  const watch = new LossWatch(directory.fleet, counted);
  const hosts = async () => (await answered(watch.look(signal))).lost.map(({ host }) => host);
  for (let n = 0; n < 4; n += 1) expect(await hosts()).toEqual(['dead', 'taken']);
  const before = reads;
  expect(await hosts()).toEqual(['dead', 'taken']);
  expect(reads).toBe(before);

  const author = { actor: { ...slotAt('desk/operator'), run: ports.entropy.runId() }, ports };
  const acknowledge = (until: number) =>
    answered(acknowledgeLosses(author, { host: 'dead', until }, ports, signal));
  const now = ports.clock.wall();
  expect(await acknowledge(now)).toBe('acknowledged');
  expect(await acknowledge(now - 1000)).toBe('already');
  expect(await hosts()).toEqual(['taken']);
  expect(fleet.audit.events.filter(({ of }) => of.entity === 'policy')).toHaveLength(1);

  fleet.agent('taken/a', ['db/taken']);
  await fleet.advance(seconds(10));
  expect(await hosts()).toEqual([]);
  const closing = directory[Symbol.asyncDispose]();
  await fleet.advance(seconds(20));
  await closing;
});
