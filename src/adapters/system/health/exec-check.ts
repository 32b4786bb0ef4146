import { spawn } from 'node:child_process';
import { sendSignal } from '../send-signal.ts';
import type { HealthCheckFn } from './health-check.ts';

/** The last of its output is what a person needs; a check that never stops talking costs no more. */
const keptOutput = 4096;
const longestDetail = 200;

/**
 * A command that must exit with 0; else its last line of output says what is wrong.
 *
 * It gets a process group of its own, so that at the timeout its children go with it; what it leaves
 * running when it exits is ended too.
 */
export function execProbe([command = '', ...args]: readonly string[]): HealthCheckFn {
  return (signal) =>
    new Promise((resolve) => {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      const end = () => {
        if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      };
      const settle = (detail: string | undefined) => {
        signal.removeEventListener('abort', end);
        resolve(detail);
      };
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output = (output + chunk).slice(-keptOutput);
        });
      }
      child.once('error', (cause) => settle(`${command}: ${cause.message}`));
      child.once('exit', end);
      child.once('close', (code, by) => {
        const said = lastLine(output);
        settle(
          code === 0 ? undefined : `${command}: ${by ?? `exit ${code}`}${said && `: ${said}`}`,
        );
      });
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
}

const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.trim().slice(0, longestDetail) ?? '';
