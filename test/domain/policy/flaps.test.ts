import { describe, expect, it } from 'vitest';
import {
  countFlaps,
  defaultFlaps,
  FlapTimes,
  isFlapping,
} from '../../../src/domain/policy/flaps.ts';

const hour = 3_600_000;
const now = 100 * hour;

describe('the flaps of an agent', () => {
  it('are its returns in the last hour and in the last 24 hours', () => {
    const returns = [now, now - hour + 1, now - hour, now - 24 * hour + 1, now - 24 * hour];
    expect(countFlaps(returns, now)).toEqual({ hour: 2, day: 4 });
  });

  it('are returns from suspicion, and deaths after which a run started again', () => {
    const of = (...events: readonly string[]) => {
      const flaps = new FlapTimes();
      for (const [n, one] of events.entries()) {
        const [type = '', sight] = one.split(' ');
        flaps.take(type, sight === 'suspect', n);
      }
      return flaps.times;
    };
    expect(of('started', 'regranted suspect', 'regranted')).toEqual([1]);
    expect(of('started', 'superseded', 'started', 'superseded suspect', 'started')).toEqual([1, 3]);
    expect(of('started', 'expired suspect', 'removed', 'started', 'started')).toEqual([3]);
    expect(of('started', 'expired suspect', 'removed')).toEqual([]);
    expect(of('started', 'withdrawn', 'left', 'started', 'left', 'started')).toEqual([]);
  });

  it('have the time of the return, and begin with a death less than 24 hours before', () => {
    const returned = (after: number) => {
      const flaps = new FlapTimes();
      flaps.take('expired', true, now);
      flaps.take('started', false, now + after);
      return flaps.times;
    };
    expect(returned(120_000)).toEqual([now + 120_000]);
    expect(returned(24 * hour)).toEqual([]);
  });

  it('do not include what happened after the moment', () => {
    expect(countFlaps([now + 1], now)).toEqual({ hour: 0, day: 0 });
  });

  it('need attention above the number that the policy allows', () => {
    expect(isFlapping({ hour: defaultFlaps, day: 90 })).toBe(false);
    expect(isFlapping({ hour: defaultFlaps + 1, day: 4 })).toBe(true);
    expect(isFlapping({ hour: 2, day: 2 }, 1)).toBe(true);
  });
});
