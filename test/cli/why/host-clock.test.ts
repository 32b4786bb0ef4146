import { describe, expect, test } from 'vitest';
import { agentInServerTime } from '../../../src/cli/why/server-time.ts';
import { days, seconds } from '../../../src/domain/time.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, saying } from './explained.ts';

describe('rollcall why for an agent on a host', () => {
  for (const [direction, by] of [
    ['2 d ahead of', days(2)],
    ['2 d behind', -days(2)],
  ] as const) {
    scenario(
      `whose clock is ${direction} the server's gives the times of the server`,
      async (fleet) => {
        fleet.collector('watch');
        const process = fleet.process('h1');
        process.clock.setWall(by);
        fleet.agent('h1/a', ['web/w1'], { process });
        await fleet.advance(seconds(10));
        const [instance] = await explained(fleet, 'instance:web/w1');
        if (!instance) throw new Error('no explanation');
        expect(saying(instance)).toContain(
          'It has been live since T (10 s); run R registered it at T (10 s ago).',
        );
        expect(saying(instance)).toContain(
          `The clock of host h1 was ${direction} the server's; the times here are the server's.`,
        );
        const [agent] = await explained(fleet, 'agent:h1/a');
        if (!agent) throw new Error('no explanation');
        expect(saying(agent)).toContain('took the slot at T (10 s ago)');
        process.freeze();
        await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
        const [suspect] = await explained(fleet, 'agent:h1/a');
        if (!suspect) throw new Error('no explanation');
        expect(saying(suspect)).toMatch(/Run R was live for 1\d s; it owns 1 instance/);
        expect(suspect.sentences.join(' ')).not.toContain('1970');
        process.thaw();
      },
    );
  }

  scenario('whose collector has another clock gives the times of the server', async (fleet) => {
    const watch = fleet.process('watch');
    watch.clock.setWall(days(2));
    fleet.collector('watch', watch);
    const { process } = fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    const [suspect] = await explained(fleet, 'agent:h1/a');
    if (!suspect) throw new Error('no explanation');
    expect(saying(suspect)).toMatch(/Run R was live for 1\d s; it owns 1 instance/);
    process.thaw();
  });

  test('whose events are no longer in the history shifts its times by the difference of the clocks', () => {
    const record = { phase: 'live', startedAt: days(3), since: days(4) } as Parameters<
      typeof agentInServerTime
    >[0];
    const lifeOf = (clockOffset: number) =>
      ({ clockOffset, last: () => undefined }) as unknown as Parameters<
        typeof agentInServerTime
      >[1];
    const shifted = { startedAt: days(1), since: days(2) };
    expect(agentInServerTime(record, lifeOf(days(2)))).toMatchObject(shifted);
    expect(agentInServerTime(record, lifeOf(100))).toEqual(record);
  });
});
