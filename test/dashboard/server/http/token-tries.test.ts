import { describe, expect, it } from 'vitest';
import { TokenTries } from '../../../../src/dashboard/server/http/token-tries.ts';

describe('the limit of wrong tokens', () => {
  it.each([
    ['10.0.0.1', '10.0.0.2', false],
    ['127.0.0.1', '127.9.9.9', true],
    ['::1', '::ffff:127.0.0.1', true],
    ['2001:db8:1:2::3', '2001:db8:1:2:9:9:9:9', true],
    ['2001:db8:1:2::3', '2001:db8:1:3::3', false],
  ])('of %s and that of %s are one: %s', (one, other, isSame) => {
    const tries = new TokenTries({ monotonic: () => 0 });
    for (let n = 0; n < 10; n += 1) tries.failed(one);
    expect(tries.wait(one)).toBe(6);
    expect(tries.wait(other) > 0).toBe(isSame);
  });

  it('remembers at most 10 000 networks, and forgets the one that was heard of least recently', () => {
    const tries = new TokenTries({ monotonic: () => 0 });
    for (let n = 0; n < 20; n += 1) tries.failed('10.0.0.1');
    for (let n = 0; n < 10_000; n += 1) tries.failed(`11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(tries.wait('10.0.0.1')).toBe(0);
  });
});
