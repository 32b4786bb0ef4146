import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyPolicyChanges,
  changedSettings,
  parsePolicyChanges,
  policyLines,
} from '../../../../src/cli/command/settings/policy-settings.ts';
import { Size, sizeWritten } from '../../../../src/cli/command/settings/size.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { defaultFleetPolicy } from '../../../../src/domain/policy/fleet-policy.ts';

const set = (...texts: readonly string[]) =>
  applyPolicyChanges(defaultFleetPolicy, parsePolicyChanges(texts));

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('nothing foreseen was thrown');
}

describe('a change of the policy by an operator', () => {
  it('is parsed from the units that people write', () => {
    expect(
      set(
        ...['brake.pace=5s', 'brake.fraction=30%', 'brake.count=4', 'brake.release=0.1', 'seats=5'],
        ...['retention.maxAge=90d', 'retention.maxBytes=10GB', 'signatures=required'],
      ),
    ).toEqual({
      seats: 5,
      brake: { pace: 5000, fraction: 0.3, count: 4, release: 0.1 },
      retention: { maxAge: 7_776_000_000, maxBytes: 10_000_000_000 },
      signatures: 'required',
    });
  });

  it('keeps values that it does not name, and can restore the defaults', () => {
    const some = set('brake.pace=5s', 'retention.maxAge=90d');
    const back = applyPolicyChanges(
      some,
      parsePolicyChanges(['brake.pace=default', 'retention.maxAge=none']),
    );
    expect(back).toEqual(defaultFleetPolicy);
    expect(changedSettings(some, back)).toEqual([
      { name: 'brake.pace', was: '5s', now: '10s' },
      { name: 'retention.maxAge', was: '90d', now: 'none' },
    ]);
  });

  it('does not write the default number of flaps, which older versions do not know', () => {
    expect(set('flaps=5').flaps).toBe(5);
    expect(applyPolicyChanges(set('flaps=5'), parsePolicyChanges(['flaps=default']))).toEqual(
      defaultFleetPolicy,
    );
    expect(changedSettings(defaultFleetPolicy, set('flaps=5'))).toEqual([
      { name: 'flaps', was: '3', now: '5' },
    ]);
  });

  it.each([
    ['pace=5s', "the policy has no setting 'pace'"],
    ['', "the policy has no setting ''"],
    ['seats', "'seats' has no value: expected seats=VALUE, a whole number from 1 to 16"],
    ['seats=17', "seats must be a whole number from 1 to 16 (got '17')"],
    ['seats=0', "seats must be a whole number from 1 to 16 (got '0')"],
    ['seats=2.5', "seats must be a whole number from 1 to 16 (got '2.5')"],
    ['flaps=0', "flaps must be a whole number from 1 to 1000 (got '0')"],
    ['signatures=no', "signatures must be optional or required (got 'no')"],
    ['seats=none', "seats must be a whole number from 1 to 16 (got 'none')"],
    ['brake.pace=5', "brake.pace must be a duration from 1ms to 1h, like 10s (got '5')"],
    ['brake.pace=2h', "brake.pace must be a duration from 1ms to 1h, like 10s (got '2h')"],
    [
      'brake.fraction=1.5',
      "brake.fraction must be a fraction from 0 to 1, like 0.3 or 30% (got '1.5')",
    ],
    [
      'brake.fraction=-1',
      "brake.fraction must be a fraction from 0 to 1, like 0.3 or 30% (got '-1')",
    ],
    [
      'retention.maxAge=1d',
      "retention.maxAge must be a duration from 2d to 3650d, like 90d; or none (got '1d')",
    ],
    [
      'retention.maxBytes=10',
      "retention.maxBytes must be a size of at least 1MB, like 10GB; or none (got '10')",
    ],
    [
      'retention.maxBytes=1kB',
      "retention.maxBytes must be a size of at least 1MB, like 10GB; or none (got '1kB')",
    ],
  ])('%j is refused: %s', (text, message) => {
    const { code, message: said } = faultOf(() => parsePolicyChanges([text]));
    expect([code, said]).toEqual(['bad-setting', message]);
  });

  it('is refused with both values if they contradict each other', () => {
    expect(faultOf(() => set('brake.fraction=10%')).message).toContain('brake.release stays 0.15');
    expect(faultOf(() => set('brake.release=40%')).message).toMatch(/^brake\.release 0\.4: /);
    expect(faultOf(() => parsePolicyChanges(['seats=1', 'seats=2'])).message).toBe(
      'seats is given twice',
    );
  });

  it('can be made from the printed values and gives the same policy', () => {
    const texts = policyLines(set('brake.pace=1m 30s', 'retention.maxBytes=2GB')).map(
      ({ name, value }) => `${name}=${value}`,
    );
    expect(set(...texts)).toEqual(set('brake.pace=90s', 'retention.maxBytes=2GB'));
  });
});

describe('a size', () => {
  it.each([
    ['1kB', 1000],
    ['2 MB', 2e6],
    ['1.5GB', 1.5e9],
    ['1GiB', 2 ** 30],
    ['7b', 7],
  ])('is parsed from %s', (text, bytes) => expect(Size.parse(text)).toBe(bytes));

  it.each(['10', 'GB', '1 XB', '-1MB', '1MB2', ''])('is not parsed from %j', (text) => {
    expect(Size.safeParse(text).success).toBe(false);
  });

  it('is printed within one percent of its value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), (bytes) => {
        const again = Size.parse(sizeWritten(bytes));
        expect(Math.abs(again - bytes)).toBeLessThanOrEqual(bytes / 100);
      }),
    );
  });
});
