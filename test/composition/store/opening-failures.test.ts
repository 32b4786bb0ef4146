import { expect, it } from 'vitest';
import { OpeningFailures } from '../../../src/composition/store/opening-failures.ts';
import { Fault, type FaultCode } from '../../../src/domain/fault.ts';

type Attempt = readonly [why: string, within: number, elapsed: number, code?: FaultCode];

function tellingOf(...attempts: readonly Attempt[]) {
  const failures = new OpeningFailures();
  for (const [why, within, elapsed, code = 'store-unavailable'] of attempts) {
    failures.add(new Fault(code, why), { within, elapsed });
  }
  return failures.telling?.message;
}

it('a last attempt without time does not hide why an earlier one failed', () => {
  expect(tellingOf(['refused', 2000, 3], ['no answer within 0.02 s', 20, 21])).toBe('refused');
});

it('of attempts that only ran out of time, the longest is named', () => {
  expect(tellingOf(['within 2 s', 2000, 2001], ['within 0.3 s', 300, 301])).toBe('within 2 s');
  expect(tellingOf(['within 1 s', 1000, 1001], ['within 2 s', 2000, 2001])).toBe('within 2 s');
});

it('the latest reason is named, also of an attempt with little time', () => {
  expect(tellingOf(['refused', 2000, 3], ['no JetStream', 250, 9])).toBe('no JetStream');
  expect(tellingOf(['within 2 s', 2000, 2001], ['refused', 50, 2])).toBe('refused');
});

it('a server that refused at first and then hangs is said to hang', () => {
  expect(tellingOf(['refused', 9000, 3], ['within 8 s', 8000, 8001])).toBe('within 8 s');
});

it('a missing namespace is named, whatever came later', () => {
  expect(tellingOf(['missing', 2000, 5, 'not-found'], ['refused', 50, 2])).toBe('missing');
});

it('nothing is named without a failure', () => {
  expect(tellingOf()).toBeUndefined();
});
