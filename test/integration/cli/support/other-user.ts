import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath, getuid } from 'node:process';
import { text } from 'node:stream/consumers';
import { main } from './run-command.ts';

/**
 * Runs a command as another user of this machine, with the state directory `folder` of the first; without root, as
 * the same user with another state directory.
 */
export async function commandOfOther(args: readonly string[], folder: string) {
  const isRoot = getuid?.() === 0;
  const child = spawn(execPath, [main, ...args], {
    ...{ stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
    env: { PATH: '/usr/bin:/bin', XDG_STATE_HOME: isRoot ? folder : join(folder, 'other') },
    ...(isRoot && { uid: 65_534, gid: 65_534 }),
  });
  const [err, [code]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  return { code, err };
}

/** The status of an HTTP request of another user of this machine; without root, of the same user. */
export async function fetchOfOther(url: URL, method = 'GET'): Promise<number> {
  const program = `fetch(process.argv[1], { method: process.argv[2], headers: { origin: new URL(process.argv[1]).origin } })
    .then(({ status }) => process.exit(status - 300))`;
  const child = spawn(execPath, ['-e', program, url.href, method], {
    ...{ stdio: 'ignore', cwd: '/', env: { PATH: '/usr/bin:/bin' } },
    ...(getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
  });
  const [code] = await once(child, 'close');
  return Number(code) + 300;
}
