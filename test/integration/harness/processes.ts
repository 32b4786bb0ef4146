import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath, kill } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The token of the dashboards that tests start. */
export const uiToken = 'token-of-the-dashboards-of-the-tests';

type Line = { readonly event: string } & Record<string, unknown>;

/** A real `rollcall` process and its output. */
export interface RollcallProcess extends AsyncDisposable {
  readonly pid: number;
  readonly lines: readonly Line[];
  readonly stderr: string;
  /** The first line `{"event":"ready",…}`; rejects when the process ends before. */
  readonly ready: Promise<Line & { run: string; term: number; pid: number }>;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** The next line, or an earlier one, for which this holds. */
  line(match: (line: Line) => boolean): Promise<Line>;
  kill(signal: NodeJS.Signals): void;
  /** Stops reading its log, for good: the next line that it writes to stderr fails. */
  closeLog(): void;
  /** Continues a process that waits for a line. */
  go(): void;
}

/** Starts `rollcall …` with these arguments; ended by its pid when disposed. */
export const rollcall = (args: readonly string[], env: NodeJS.ProcessEnv = {}): RollcallProcess =>
  startScript(main, args, env);

/** Starts a TypeScript file as a process that prints lines of JSON. */
export function startScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): RollcallProcess {
  const child = spawn(execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Most tests are about the collector and start their own.
    env: {
      ROLLCALL_COLLECT: 'false',
      ROLLCALL_UI_TOKEN: uiToken,
      ...cleanEnvironment(),
      ...env,
    },
  });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push(parse(text));
      for (const look of waiting) look();
    });
  }
  const exited = once(child, 'close').then(
    ([code, signal]) => (signal ?? code) as number | NodeJS.Signals,
  );
  void exited.then(() => {
    for (const look of waiting) look();
  });
  const line = (match: (line: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const look = () => {
        const found = lines.find(match);
        if (!found && child.exitCode === null && child.signalCode === null) return;
        waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`${script} ${args.join(' ')} ended (${child.exitCode}): ${stderr}`));
      };
      waiting.add(look);
      look();
    });
  const ready = line(({ event }) => event === 'ready') as RollcallProcess['ready'];
  ready.catch(() => {});
  return {
    pid: child.pid ?? -1,
    lines,
    get stderr() {
      return stderr;
    },
    ready,
    exited,
    line,
    kill: (signal) => signalChild(child, signal),
    closeLog: () => void child.stderr?.destroy(),
    go: () => void child.stdin?.write('go\n'),
    [Symbol.asyncDispose]: async () => {
      signalChild(child, 'SIGCONT');
      signalChild(child, 'SIGKILL');
      await exited;
    },
  };
}

function signalChild({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  kill(pid, signal);
}

function parse(text: string): Line {
  try {
    return JSON.parse(text);
  } catch {
    return { event: 'text', text };
  }
}

/** The environment of the shell that runs the tests must not reach the tested processes. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), NO_COLOR: '1' };
}
