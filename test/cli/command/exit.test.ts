import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/command/exit.ts';
import { printError, rootOf } from '../../../src/cli/terminal/print-error.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

describe('the exit code of a command', () => {
  it.each([
    ['bad-setting', 2],
    ['bad-name', 2],
    ['bad-instances-file', 2],
    ['store-unavailable', 3],
    ['store-refused', 3],
    ['slot-held', 1],
    ['superseded', 1],
    ['expired', 1],
    ['not-found', 1],
    ['store-misconfigured', 1],
    ['store-too-new', 1],
    ['server-too-old', 1],
    ['port-taken', 1],
  ] as const)('for the error %s is %d', (code, expected) => {
    expect(exitCodeOf(new Fault(code, 'x'))).toBe(expected);
  });

  it('for a bug is 70', () => {
    expect(exitCodeOf(new TypeError('x is undefined'))).toBe(70);
  });

  it('follows the first error, not a later error while closing', () => {
    const first = new Fault('slot-held', 'held');
    const later = new SuppressedError(new Error('close'), first);
    expect(rootOf(new SuppressedError(new Error('close too'), later))).toBe(first);
  });
});

describe('the message of a failure', () => {
  it('has what happened, to what, what to do, and no control characters', () => {
    const { io, err } = fakeTerminal();
    printError(new Fault('bad-setting', 'one\ntwo \u001b[2J', { hint: 'do this' }), io);
    expect(err).toEqual(['error: one', '       two \\x1b[2J', 'hint:  do this']);
  });

  it('has the stack if it is a bug', () => {
    const { io, err } = fakeTerminal();
    printError(new TypeError('x is undefined'), io);
    expect(err.join('\n')).toMatch(/bug in Rollcall.*\nTypeError: x is undefined\n {4}at /);
  });
});
