import { describe, expect, test } from 'vitest';
import { isAcknowledged, withAcknowledgement } from '../../../src/domain/losses/acknowledged.ts';

const lost = { zone: 'ams', host: 'h1', agent: 'a', since: 1000 };

describe('a loss is acknowledged', () => {
  test.each([
    ['by its zone', { zone: 'ams' }, true],
    ['by its host', { host: 'h1' }, true],
    ['by its agent', { host: 'h1', agent: 'a' }, true],
    ['by all of the fleet', {}, true],
    ['not by another zone', { zone: 'fra' }, false],
    ['not by hosts without a zone', { zone: '' }, false],
    ['not by another agent of its host', { host: 'h1', agent: 'b' }, false],
    ['not by an agent of that name on another host', { host: 'h2', agent: 'a' }, false],
  ])('%s', (_, place, expected) => {
    expect(isAcknowledged(lost, [{ ...place, until: 1000 }])).toBe(expected);
  });

  test('not if it is later than the last one that its author saw', () => {
    expect(isAcknowledged({ ...lost, since: 1001 }, [{ zone: 'ams', until: 1000 }])).toBe(false);
  });
});

describe('a further acknowledgement', () => {
  const zone = { zone: 'ams', until: 1000 };

  test('replaces those that it covers, and no other', () => {
    const others = [
      { zone: 'fra', until: 2000 },
      { host: 'h1', until: 900 },
    ];
    const all = [zone, ...others];
    expect(withAcknowledgement(all, { zone: 'ams', until: 1500 })).toEqual([
      ...others,
      { zone: 'ams', until: 1500 },
    ]);
    expect(withAcknowledgement(all, { until: 3000 })).toEqual([{ until: 3000 }]);
  });

  test('changes nothing if another covers it', () => {
    const all = [zone];
    expect(withAcknowledgement(all, { zone: 'ams', until: 1000, why: 'again' })).toBe(all);
    expect(withAcknowledgement([{ until: 1000 }], zone)).toEqual([{ until: 1000 }]);
  });
});
