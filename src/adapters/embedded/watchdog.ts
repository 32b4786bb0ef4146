import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Millis, seconds } from '../../domain/time.ts';

/** How long the server may take to stop politely before it is killed. */
const stopWithin: Millis = seconds(10);

/**
 * Stands between this process and the server, so that the server ends with us however we end.
 *
 * It waits for a line on its standard input before it starts the server, and goes on reading
 * afterwards: when we close the pipe, or the kernel closes it because we were killed, the read
 * ends, and the server gets SIGTERM, then SIGKILL. When the server ends by itself so does the
 * guard, with its exit code, removing the file that held the store for it.
 *
 * A pipe and sh are POSIX. Linux' parent-death signal (`setpriv --pdeathsig`) is not, fires when
 * the *thread* that started the server ends, and has no second, harder signal to follow. The reader
 * is a shell built-in: a `cat` would outlive the guard.
 */
const script = `
bound=$1 hold=$2.$$ output=$3
shift 3
exec 4<&0
read -r go <&4 || exit 0
"$@" </dev/null >"$output" 2>&1 4<&- &
server=$!
(
  trap '' HUP INT TERM
  while read -r line <&4; do :; done
  kill -TERM "$server"
  while [ "$bound" -gt 0 ] && kill -0 "$server"; do sleep 1; bound=$((bound - 1)); done
  kill -KILL "$server"
) >/dev/null 2>&1 &
reader=$!
trap '' HUP INT TERM PIPE
echo "$server"
wait "$server"
status=$?
kill -KILL "$reader"
rm -f "$hold"
exit "$status"
`;

export type Guard = {
  /** Lives from before the server starts until after it has ended. */
  readonly pid: number;
  /** Lets the server start, and returns its process id. */
  go(): Promise<number>;
  /** Asks for the end of the server; `exited` tells when it is reached. Harmless when repeated. */
  release(): void;
  /** The server's exit code (128 + n after signal n); `undefined` if the guard itself was killed. */
  readonly exited: Promise<number | undefined>;
};

/**
 * Starts a guard in a session of its own: Ctrl-C in a terminal reaches the whole foreground group,
 * and the server must outlive the polite end of the agents that it serves.
 * @param holdPrefix the guard removes the file of this name, a dot, and its process id
 */
export async function startWatchdog(
  command: readonly string[],
  { holdPrefix, output }: { holdPrefix: string; output: string },
): Promise<Guard> {
  const args = [String(stopWithin / 1000), holdPrefix, output, ...command];
  const child = spawn('/bin/sh', ['-c', script, 'rollcall-guard', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    cwd: '/',
  });
  const exited = new Promise<number | undefined>((resolve) => {
    child.once('exit', (code) => resolve(code ?? undefined));
  });
  await once(child, 'spawn');
  child.stdin.on('error', () => {}); // the guard may be gone already; `exited` says so
  return {
    pid: child.pid ?? 0,
    go: async () => {
      child.stdin.write('go\n');
      const [line] = await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')]);
      child.stdout.destroy();
      return Number(line);
    },
    release: () => void child.stdin.end(),
    exited,
  };
}
