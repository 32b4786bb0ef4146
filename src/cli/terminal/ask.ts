import { escapeControls } from './escape-terminal.ts';
import type { Terminal } from './io.ts';

/** Whether a person can be asked: input and output are terminals. */
export const canAsk = ({ isTerminal, signals }: Terminal): boolean =>
  isTerminal && signals.stdin.isTTY === true;

/**
 * Asks for consent. Anything but `y` or `yes` refuses, also the end of the input.
 * @throws the reason of the signal, if the command was interrupted instead
 */
export async function isAgreed(io: Terminal, question: string): Promise<boolean> {
  const answer = await io.ask(`${escapeControls(question)} [y/N] `);
  io.signal.throwIfAborted();
  return /^y(es)?$/i.test(answer.trim());
}
