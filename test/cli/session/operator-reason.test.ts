import { describe, expect, test } from 'vitest';
import { drain } from '../../../src/cli/commands/drain.ts';
import { hold } from '../../../src/cli/commands/hold.ts';
import { givenReason } from '../../../src/cli/session/operator.ts';

describe('the reason of a hold or a drain', () => {
  test('is a setting with the same two names in both commands', () => {
    for (const { settings } of [hold, drain]) {
      expect(settings).toMatchObject({ why: expect.anything(), reason: expect.anything() });
    }
  });

  test.each([
    [{}, undefined],
    [{ why: 'new disk' }, 'new disk'],
    [{ reason: 'new disk' }, 'new disk'],
    [{ why: 'new disk', reason: 'new disk' }, 'new disk'],
  ])('of %j is %j', (given, reason) => {
    expect(givenReason({ why: undefined, reason: undefined, ...given })).toBe(reason);
  });

  test('is refused if the names give two reasons', () => {
    expect(() => givenReason({ why: 'new disk', reason: 'new kernel' })).toThrow('only one');
  });
});
