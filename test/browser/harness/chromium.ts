import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The path of Chromium: from `ROLLCALL_CHROMIUM`, else from the PATH, else installed with apt if the machine
 * runs Debian and we are root.
 * @returns the reason if there is none
 */
export async function locateChromium(
  env: NodeJS.ProcessEnv,
  isRoot: boolean,
  progress: (message: string) => void,
): Promise<{ readonly path: string } | { readonly why: string }> {
  const named = env['ROLLCALL_CHROMIUM'];
  if (named !== undefined) {
    return (await isProgram(named)) ? { path: named } : { why: `ROLLCALL_CHROMIUM: no ${named}` };
  }
  const found = await onPath(env['PATH']);
  if (found !== undefined) return { path: found };
  if (!isRoot) return { why: 'no Chromium on the PATH; `apt-get install chromium` needs root' };
  progress('not on the PATH: apt-get install chromium');
  try {
    await install();
  } catch (cause) {
    return { why: `apt-get install chromium: ${cause instanceof Error ? cause.message : cause}` };
  }
  const installed = await onPath(env['PATH']);
  return installed ? { path: installed } : { why: 'apt-get installed no Chromium' };
}

async function install(): Promise<void> {
  const quietly = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1e8 };
  await run('apt-get', ['update', '-qq'], quietly);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quietly);
}

async function onPath(path = ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
