import { Fault } from '../../domain/fault.ts';
import { escapeControls } from './escape-terminal.ts';
import type { Terminal } from './io.ts';

/** Prints why a command failed, with the hint; for a bug the stack. */
export function printError(cause: unknown, io: Pick<Terminal, 'err' | 'palette'>): void {
  const { palette } = io;
  if (!(cause instanceof Fault)) {
    io.err(`${palette.expired('bug')} in Rollcall, please report it:`);
    io.err(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    return;
  }
  const [first, ...more] = cause.message.split('\n').map(escapeControls);
  io.err(`${palette.expired('error')}: ${first}`);
  for (const line of more) io.err(`       ${line}`);
  if (cause.hint !== undefined) io.err(`${palette.dim('hint:')}  ${escapeControls(cause.hint)}`);
}

/** The first failure, if disposal failed after it. */
export function rootOf(cause: unknown): unknown {
  return cause instanceof SuppressedError ? rootOf(cause.suppressed) : cause;
}
