import { kill } from 'node:process';

/**
 * Signals a process, or with a negative number the group that it leads; signal 0 only looks.
 *
 * `forbidden`: it lives, and belongs to somebody else.
 */
export function sendSignal(to: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'forbidden' {
  try {
    kill(to, signal);
    return 'sent';
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'forbidden';
    throw cause;
  }
}
