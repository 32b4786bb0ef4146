import { spawn } from 'node:child_process';
import { sendSignal } from '../send-signal.ts';
import type { HealthCheckFn } from './health-check.ts';

/** Only the end of the output is kept, so that endless output needs no more memory. */
const maxOutput = 4096;
const maxDetail = 200;

/**
 * Runs a command and expects exit code 0. Otherwise the last line of its output is the detail.
 *
 * The command gets its own process group, which is killed at the timeout and when the command exits, so
 * that no child process stays.
 */
export function execCheck([command = '', ...args]: readonly string[]): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      const killGroup = () => {
        if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      };
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', killGroup);
        resolve(detail);
      };
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output = (output + chunk).slice(-maxOutput);
        });
      }
      child.once('error', (cause) => settle(`${command}: ${cause.message}`));
      child.once('exit', killGroup);
      child.once('close', (code, killedBy) => {
        if (code === 0) return settle(undefined);
        const line = lastLine(output);
        settle(`${command}: ${killedBy ?? `exit ${code}`}${line && `: ${line}`}`);
      });
      if (signal.aborted) killGroup();
      else signal.addEventListener('abort', killGroup, { once: true });
    });
}

const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.trim().slice(0, maxDetail) ?? '';
