import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { sendSignal } from '../send-signal.ts';
import type { HealthCheckFn } from './run-health-check.ts';

/** Only the end of the output is kept, so that endless output needs no more memory. */
const maxOutput = 4096;
const maxDetail = 200;

/** How long the last output of an exited command is awaited. */
const outputWithin = 100;

/**
 * Runs a command and expects exit code 0. Otherwise the last line of its output is the detail.
 *
 * The command gets its own process group, which is killed at the timeout and when the command exits. A
 * process that left the group may still hold the output open: it is not awaited.
 */
export function execCheck([command = '', ...args]: readonly string[]): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      // Without a free file descriptor there are no streams, and the error follows.
      const streams: readonly (Readable | undefined)[] = [child.stdout, child.stderr];
      for (const stream of streams) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          output = (output + chunk).slice(-maxOutput);
        });
      }
      const killGroup = () => {
        if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      };
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', abort);
        for (const stream of streams) stream?.destroy();
        resolve(detail);
      };
      const abort = () => {
        killGroup();
        settle('aborted');
      };
      child.once('error', (cause) => settle(`${command}: ${cause.message}`));
      child.once('exit', (code, killedBy) => {
        killGroup();
        const finish = () => {
          clearTimeout(timer);
          const line = lastLine(output);
          const ending = `${command}: ${killedBy ?? `exit ${code}`}${line && `: ${line}`}`;
          settle(code === 0 ? undefined : ending);
        };
        const timer = setTimeout(finish, outputWithin);
        child.once('close', finish);
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
}

const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.trim().slice(0, maxDetail) ?? '';
