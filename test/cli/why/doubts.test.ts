import { describe, expect, it } from 'vitest';
import { flapWords } from '../../../src/cli/why/doubts.ts';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, saying } from './explained.ts';

describe('rollcall why after suspicions that were refuted', () => {
  scenario(
    'tells when an instance was dubious, and how often its agent came back',
    async (fleet) => {
      fleet.collector('watch');
      const a = fleet.agent('h1/a', ['web/w1']);
      await fleet.advance(seconds(10));
      const doubts = async () => {
        const [one] = await explained(fleet, 'instance:web/w1');
        return { words: one ? saying(one) : '', facts: one?.facts['doubts'] };
      };
      expect((await doubts()).facts).toEqual([]);
      for (let n = 0; n < 4; n += 1) {
        a.process.freeze();
        await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
        if (n === 0) expect((await doubts()).words).not.toContain('It was dubious');
        await fleet.advance(seconds(3));
        a.process.thaw();
        await until(fleet, () => fleet.phase('h1/a') === 'live');
        await fleet.advance(seconds(10));
        if (n > 0) continue;
        expect((await doubts()).words).toMatch(
          /It was dubious at T \(1\d s ago\) for \d s: its agent was silent \(#N\)\./,
        );
      }
      expect((await doubts()).words).toMatch(
        /It was dubious 4 times in the last 24 h, the last time/,
      );
      expect((await doubts()).facts).toHaveLength(4);
      const [agent] = await explained(fleet, 'agent:h1/a');
      expect(agent?.facts['flaps']).toEqual({ hour: 4, day: 4 });
      expect(agent?.sentences[1]).toContain('4 times in the last hour');
      expect(agent?.sentences[1]).toContain('more than the 3 in an hour of the policy');
    },
  );
});

describe('the flaps of an agent', () => {
  it.each([
    [{ hour: 0, day: 0 }, 3, ''],
    [{ hour: 1, day: 1 }, 3, ''],
    [
      { hour: 0, day: 2 },
      3,
      ' It returned from suspicion or death 0 times in the last hour and 2 times in 24 h.',
    ],
    [
      { hour: 1, day: 2 },
      3,
      ' It returned from suspicion or death 1 time in the last hour and 2 times in 24 h.',
    ],
    [
      { hour: 3, day: 9 },
      3,
      ' It returned from suspicion or death 3 times in the last hour and 9 times in 24 h.',
    ],
  ])('%j of at most %i are told', (flaps, allowed, words) => {
    expect(flapWords(flaps, allowed)).toBe(words);
  });
});
