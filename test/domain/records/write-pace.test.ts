import { describe, expect, test } from 'vitest';
import type { DesiredInstance } from '../../../src/domain/records/desired-instances.ts';
import { WritePace } from '../../../src/domain/records/write-pace.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';

const wish = (label: string): DesiredInstance => ({
  spec: { service: 'web' as never, id: '1' as never, labels: { label } },
  health: { state: 'serving' },
});

describe('the pace of writes', () => {
  test('pauses an instance from the third write of the same on, for 0.5 s up to 30 s', () => {
    const pace = new WritePace();
    const pauses: unknown[] = [];
    let now = 0;
    for (let n = 0; n < 12; n += 1) {
      pauses.push(pace.written('web/1', wish('a'), now)?.pause);
      expect(pace.isPaused('web/1', wish('b'), now)).toBe(false);
      now = pace.isPaused('web/1', wish('a'), now) ? (pace.takeDue() ?? now) : now;
    }
    const grown = [500, 1000, 2000, 4000, 8000, 16_000, 30_000];
    expect(pauses).toEqual([undefined, undefined, ...grown, undefined, undefined, undefined]);
  });

  test('pauses an instance after 20 different writes at once, for 0.5 s up to 4 s', () => {
    const pace = new WritePace();
    const pauses = Array.from({ length: 30 }, (_, n) => pace.written('web/1', wish(`${n}`), 0));
    expect(pauses.slice(0, 20).filter((pause) => pause)).toEqual([]);
    expect(pauses.flatMap((pause) => pause?.pause ?? [])).toEqual([500, 1000, 2000, 4000]);
    expect(pace.isPaused('web/1', wish('next'), seconds(3.9))).toBe(true);
    expect(pace.takeDue()).toBe(seconds(4));
    expect(pace.isPaused('web/1', wish('next'), seconds(4))).toBe(false);
    expect(pace.isPaused('web/2', wish('next'), 0)).toBe(false);
  });

  test('knows no pause any more when the instance was not written for ten minutes', () => {
    const pace = new WritePace();
    for (let n = 0; n < 5; n += 1) pace.written('web/1', wish('a'), 0);
    pace.written('web/2', wish('a'), minutes(5));
    pace.written('web/2', wish('a'), minutes(10));
    expect(pace.written('web/1', wish('a'), minutes(10))).toBeUndefined();
  });
});
