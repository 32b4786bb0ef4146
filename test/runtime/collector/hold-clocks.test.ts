import { describe, expect } from 'vitest';
import { HostId } from '../../../src/domain/identity/names.ts';
import { days, hours, type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { endOfHold, planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { type CollectorProcess, type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const never = new AbortController().signal;

async function holdHost(fleet: FleetInMemory, lasts: Millis): Promise<void> {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const plan = { host: HostId.parse('h1'), until: await endOfHold(lasts, ports) };
  await planHold(author, plan, ports, never);
}

/** Three collectors with a seat each, and an agent on hold for ten minutes that dies. */
async function given(fleet: FleetInMemory): Promise<readonly [CollectorProcess, CollectorProcess]> {
  const [first, second] = [fleet.collector('c1'), fleet.collector('c2')];
  fleet.collector('c3');
  const { process } = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(10));
  await holdHost(fleet, minutes(10));
  await fleet.kill(process);
  return [first, second];
}

const holdEvents = (fleet: FleetInMemory) => fleet.audit.story({ entity: 'hold' });
const warnings = ({ process }: CollectorProcess) =>
  process.logged.filter(({ event }) => event === 'clock-differs');

describe('a hold', () => {
  for (const [direction, by] of [
    ['3 h ahead', hours(3)],
    ['a day behind', -days(1)],
  ] as const) {
    scenario(
      `of 10 min lasts 10 min although the clock of one collector is ${direction}, and that collector says so once`,
      async (fleet) => {
        const [wrong, right] = await given(fleet);
        wrong.process.clock.setWall(by);
        await fleet.advance(minutes(9));
        expect(holdEvents(fleet)).toEqual(['planned']);
        expect(fleet.phase('h1/a')).toBe('live, unreachable');
        expect(warnings(wrong)).toMatchObject([{ fields: { offset: by } }]);
        expect(warnings(right)).toEqual([]);
        await fleet.advance(minutes(2));
        expect(holdEvents(fleet)).toEqual(['planned', 'ran-out']);
        expect(fleet.phase('h1/a')).toBe('absent');
      },
    );

    scenario(
      `is ended by no collector while the server's clock is ${direction}, and ends when the clock is right again`,
      async (fleet) => {
        const [one, two] = await given(fleet);
        fleet.world.setClock(by);
        await fleet.advance(minutes(20));
        expect(holdEvents(fleet)).toEqual(['planned']);
        for (const each of [one, two]) expect(warnings(each)).toHaveLength(1);
        fleet.world.setClock(-by);
        await fleet.advance(minutes(1));
        expect(holdEvents(fleet)).toEqual(['planned', 'ran-out']);
      },
    );
  }

  scenario(
    'set while the server has another clock ends by the clock of the server',
    async (fleet) => {
      fleet.world.setClock(seconds(1.5));
      fleet.collector('c1');
      await fleet.advance(seconds(10));
      await holdHost(fleet, minutes(1));
      await fleet.advance(minutes(1));
      expect(holdEvents(fleet)).toEqual(['planned']);
      await fleet.advance(seconds(3));
      expect(holdEvents(fleet)).toEqual(['planned', 'ran-out']);
    },
  );
});
