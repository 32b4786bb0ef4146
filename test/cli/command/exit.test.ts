import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/command/exit.ts';
import { printError, rootOf } from '../../../src/cli/terminal/print-error.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

describe('how a command ends', () => {
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
    ['server-too-old', 1],
    ['port-taken', 1],
  ] as const)('%s: %d', (code, expected) => {
    expect(exitCodeOf(new Fault(code, 'x'))).toBe(expected);
  });

  it('a bug: 70', () => {
    expect(exitCodeOf(new TypeError('x is undefined'))).toBe(70);
  });

  it('what went wrong first counts, not what then could not be closed', () => {
    const first = new Fault('slot-held', 'held');
    const later = new SuppressedError(new Error('close'), first);
    expect(rootOf(new SuppressedError(new Error('close too'), later))).toBe(first);
  });
});

describe('what is said of a failure', () => {
  it('what happened, to what, what to do; nothing that a terminal acts on', () => {
    const { io, err } = fakeTerminal();
    printError(new Fault('bad-setting', 'one\ntwo \u001b[2J', { hint: 'do this' }), io);
    expect(err).toEqual(['error: one', '       two \\x1b[2J', 'hint:  do this']);
  });

  it('of a bug its stack', () => {
    const { io, err } = fakeTerminal();
    printError(new TypeError('x is undefined'), io);
    expect(err.join('\n')).toMatch(/bug in Rollcall.*\nTypeError: x is undefined\n {4}at /);
  });
});
