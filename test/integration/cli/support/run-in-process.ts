import { runProgram } from '../../../../src/cli/program.ts';
import { fakeTerminal } from '../../../cli/support/fake-terminal.ts';
import type { TestFleet } from '../../harness/fleet.ts';

type Document = Readonly<Record<string, unknown>>;

/** A command of a fleet that runs in this process: the start of a process takes longer than most commands. */
export interface CommandInProcess extends AsyncDisposable {
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** Its exit code. Rejects with the fault that ended it. */
  readonly ended: Promise<number>;
  /** The lines of its output as JSON documents. */
  documents(): readonly Document[];
}

/** Starts `rollcall …`; a command that runs until it is stopped is stopped when it is disposed of. */
export function runInProcess(fleet: TestFleet, args: readonly string[]): CommandInProcess {
  const stop = new AbortController();
  const { io, out, err } = fakeTerminal({ signal: stop.signal });
  const where = ['--servers', fleet.url, '--namespace', fleet.namespace];
  const ended = runProgram([...args, ...where], io, { version: '0', starting() {} });
  ended.catch(() => {});
  return {
    ...{ out, err, ended },
    documents: () => out.map((line) => JSON.parse(line)),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended.catch(() => {});
    },
  };
}
