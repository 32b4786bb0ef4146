import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * The command line that starts a command so that it gets SIGTERM when this process dies, even by SIGKILL.
 *
 * Linux has a signal for that, and `setpriv` of util-linux sets it before it becomes the command; Node has
 * no call for it. Elsewhere, and without `setpriv`, the command runs on when this process is killed. A
 * command that cannot be found is returned as it is, so that its start fails with its own name.
 */
export function withParentDeathSignal(
  [command = '', ...args]: readonly string[],
  path: string | undefined,
): readonly string[] {
  const plain = [command, ...args];
  if (process.platform !== 'linux' || !isExecutable(command, path)) return plain;
  const prefix = ['setpriv', '--pdeathsig', 'TERM', '--'];
  return hasSetpriv() ? [...prefix, ...plain] : plain;
}

/** The one of busybox does not know the option. */
function hasSetpriv(): boolean {
  const { status } = spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], {
    stdio: 'ignore',
  });
  return status === 0;
}

/** As a shell looks a command up. */
function isExecutable(command: string, path = ''): boolean {
  const candidates = command.includes('/')
    ? [command]
    : path.split(delimiter).map((folder) => join(folder || '.', command));
  return candidates.some((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
