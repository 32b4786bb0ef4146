import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestFleet } from '../../integration/harness/fleet.ts';

const script = fileURLToPath(
  new URL('../../integration/fixtures/run-commands.ts', import.meta.url),
);

/** A command for the process, without `--json`. */
export interface CommandRequest {
  readonly id: number;
  readonly args: readonly string[];
}
/** The lines that it printed, or why it failed. */
export interface CommandAnswer {
  readonly id: number;
  readonly lines: readonly string[];
  readonly failed?: string;
}

/** One process that runs many commands of a fleet. */
export interface CommandRunner extends AsyncDisposable {
  /** The JSON documents that a command prints. @throws if the command fails */
  run(...args: readonly string[]): Promise<readonly object[]>;
}

export function commandRunner(fleet: TestFleet): CommandRunner {
  const { PATH, HOME } = process.env;
  const child = fork(script, { env: { PATH, HOME, XDG_STATE_HOME: fleet.stateHome } });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (answer: CommandAnswer) => void>();
  child.on('message', (answer: CommandAnswer) => waiting.get(answer.id)?.(answer));
  let last = 0;
  return {
    async run(...args) {
      last += 1;
      const id = last;
      const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
      const answered = new Promise<CommandAnswer>((resolve) => waiting.set(id, resolve));
      child.send({ id, args: [...args, ...where] } satisfies CommandRequest);
      const { lines, failed } = await answered;
      waiting.delete(id);
      if (failed !== undefined) throw new Error(`rollcall ${args.join(' ')}: ${failed}`);
      return lines.map((line) => JSON.parse(line));
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
