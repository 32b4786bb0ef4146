import { describe, expect } from 'vitest';
import { readSeat } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { type CollectorProcess, type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const eventsOf = ({ transitions }: CollectorProcess) => transitions.map(({ event }) => event);

const logged = ({ process }: CollectorProcess, event: string) =>
  process.logged.filter((line) => line.event === event).map(({ fields }) => fields);

const seatOf = (fleet: FleetInMemory) =>
  readSeat(fleet.world.leases.after(0, (subject) => subject === 'seat.1')[0]?.text);

/** One seat, held by c1; c2 waits for it. A run is killed after the watch of c1 has died. */
async function blindOne(fleet: FleetInMemory, watch: 'registry' | 'leases') {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const { signal } = new AbortController();
  await setPolicy(author, (now) => ({ ...now, seats: 1 }), ports, signal);
  const first = fleet.collector('c1');
  const dead = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(10));
  expect(first.collector.state).toBe('watching');
  const second = fleet.collector('c2');
  first.process.line.refusedWatch = watch;
  await fleet.advance(seconds(1));
  await fleet.kill(dead.process);
  return { first, second };
}

describe.each(['registry', 'leases'] as const)(
  'a collector whose watch of the %s cannot be made again',
  (watch) => {
    scenario('stops judging, and says which watch and why', async (fleet) => {
      const { first } = await blindOne(fleet, watch);
      await fleet.advance(seconds(6));
      expect(first.collector.state).toBe('blind');
      const why = expect.stringMatching(new RegExp(`the watch of the ${watch}.*: .*refused`));
      expect(eventsOf(first)).toContainEqual({ type: 'blinded', why });
      expect(logged(first, 'blinded')).toEqual([{ seat: 1, why }]);
    });

    scenario(
      'marks its seat as blind until it gives it up, a ttl after it was blinded',
      async (fleet) => {
        const { first } = await blindOne(fleet, watch);
        while (first.collector.state !== 'blind') await fleet.advance(100);
        expect(seatOf(fleet)).toMatchObject({ host: 'c1', judges: true });
        await fleet.advance(seconds(5.5));
        expect(seatOf(fleet)).toMatchObject({ host: 'c1', judges: false });
        await fleet.advance(seconds(1));
        expect(first.collector.state).toBe('sleeping');
        expect(eventsOf(first).at(-1)).toEqual({
          type: 'unseated',
          why: expect.stringContaining(`the watch of the ${watch}`),
        });
      },
    );

    scenario('is not an observer for consumers while it is blind', async (fleet) => {
      const { first, second } = await blindOne(fleet, watch);
      await fleet.kill(second.process);
      const { directory } = fleet.directory({ seatsEvery: 100 });
      await directory.ready;
      expect(directory.observed).toBe(true);
      while (first.collector.state !== 'blind') await fleet.advance(100);
      await fleet.advance(fleet.lease.ttl - 500);
      expect(seatOf(fleet)?.host).toBe('c1');
      expect(directory.observed).toBe(false);
    });

    scenario('lets another collector collect within the stated bound', async (fleet) => {
      const { second } = await blindOne(fleet, watch);
      const { ttl, grace } = fleet.lease;
      // Blind after 5 s, gives the seat up a ttl later; the other looks within half a ttl, and counts ttl and grace.
      await fleet.advance(seconds(5) + ttl + ttl / 2 + ttl + grace + seconds(2));
      expect(second.collector.state).toBe('watching');
      expect(fleet.record('h1/a').kind).toBe('absent');
    });

    scenario('takes a seat again when its watches work, and not before', async (fleet) => {
      const { first, second } = await blindOne(fleet, watch);
      await fleet.advance(seconds(30));
      await fleet.kill(second.process);
      await fleet.advance(seconds(30));
      expect(first.collector.state).toBe('sleeping');
      first.process.line.refusedWatch = undefined;
      await fleet.advance(seconds(30));
      expect(first.collector.state).toBe('watching');
    });
  },
);
