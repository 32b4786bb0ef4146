import { kill } from 'node:process';

/**
 * Sends a signal to a process, or to a process group if the number is negative. Signal 0 only checks that
 * the process exists.
 *
 * `forbidden`: the process exists and belongs to another user.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'forbidden' {
  try {
    kill(pid, signal);
    return 'sent';
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'forbidden';
    throw cause;
  }
}
