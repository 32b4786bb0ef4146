import { Fault } from '../../domain/fault.ts';
import { escapeControls, jsonLine } from './escape-terminal.ts';
import type { Terminal } from './io.ts';

/**
 * An error as one JSON document, for `--json`.
 *
 * `exit` is the exit code. `hint` is what to do, or null. `code` is that of docs/reference/error-codes.md,
 * `bad-usage` for a command line that cannot be parsed, or `bug`.
 */
export const errorDocument = (
  code: string,
  message: string,
  exit: number,
  hint: string | null = null,
): string => jsonLine({ event: 'error', code, message, hint, exit });

/** Prints why a command failed, with the hint; for a bug the stack. `jsonExit`: print one JSON document with this exit code. */
export function printError(
  cause: unknown,
  io: Pick<Terminal, 'err' | 'palette'>,
  jsonExit?: number,
): void {
  const { palette } = io;
  if (jsonExit !== undefined) {
    io.err(
      cause instanceof Fault
        ? errorDocument(cause.code, cause.message, jsonExit, cause.hint)
        : errorDocument('bug', stackOf(cause), jsonExit, 'report it to the project'),
    );
    return;
  }
  if (!(cause instanceof Fault)) {
    io.err(`${palette.expired('bug')} in Rollcall, please report it:`);
    io.err(stackOf(cause));
    return;
  }
  const [first, ...more] = cause.message.split('\n').map(escapeControls);
  io.err(`${palette.expired('error')}: ${first}`);
  for (const line of more) io.err(`       ${line}`);
  if (cause.hint !== undefined) io.err(`${palette.dim('hint:')}  ${escapeControls(cause.hint)}`);
}

const stackOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);

/** The first failure, if disposal failed after it. */
export function rootOf(cause: unknown): unknown {
  return cause instanceof SuppressedError ? rootOf(cause.suppressed) : cause;
}
