import type { Terminal } from './io.ts';

/** Whether a person can be asked: input and output are terminals. */
export const canAsk = ({ isTerminal, signals }: Terminal): boolean =>
  isTerminal && signals.stdin.isTTY === true;

/** Asks for consent. Anything but `y` or `yes` refuses, also the end of the input. */
export const isAgreed = async (io: Terminal, question: string): Promise<boolean> =>
  /^y(es)?$/i.test((await io.ask(`${question} [y/N] `)).trim());
