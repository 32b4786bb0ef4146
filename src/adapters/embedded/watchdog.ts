import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Millis, seconds } from '../../domain/time.ts';

/** Time from SIGTERM to SIGKILL. */
const stopWithin: Millis = seconds(10);

/**
 * The watchdog runs between this process and the server, so that the server ends when we end, for any
 * reason.
 *
 * It waits for a line on its standard input, starts the server, and keeps reading. When we close the
 * pipe, or the kernel closes it because we were killed, the read ends and the server gets SIGTERM, then
 * SIGKILL. When the server ends by itself, the watchdog removes the lock file of the store and exits
 * with the server's code.
 *
 * A pipe and sh are POSIX. Linux' parent-death signal (`setpriv --pdeathsig`) is not, is sent when the
 * *thread* that started the server ends, and cannot be followed by SIGKILL. The reader is a shell
 * built-in, because a `cat` would outlive the watchdog.
 */
const script = `
bound=$1 lock=$2.$$ output=$3
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
rm -f "$lock"
exit "$status"
`;

export type Watchdog = {
  /** The watchdog lives from before the start of the server until after its end. */
  readonly pid: number;
  /** Starts the server and returns its process id. */
  go(): Promise<number>;
  /** Ends the server; `exited` resolves when it has ended. Idempotent. */
  release(): void;
  /** The server's exit code (128 + n after signal n); `undefined` if the watchdog itself was killed. */
  readonly exited: Promise<number | undefined>;
};

/**
 * Starts a watchdog in its own session: Ctrl-C in a terminal signals the whole foreground group, and
 * the server must outlive the orderly end of the agents that it serves.
 * @param lockPrefix the watchdog removes the file of this name with a dot and its process id
 */
export async function startWatchdog(
  command: readonly string[],
  { lockPrefix, output }: { lockPrefix: string; output: string },
): Promise<Watchdog> {
  const args = [String(stopWithin / 1000), lockPrefix, output, ...command];
  const child = spawn('/bin/sh', ['-c', script, 'rollcall-guard', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    cwd: '/',
  });
  const exited = new Promise<number | undefined>((resolve) => {
    child.once('exit', (code) => resolve(code ?? undefined));
  });
  await once(child, 'spawn');
  child.stdin.on('error', () => {}); // the watchdog may have ended already; `exited` reports it
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
