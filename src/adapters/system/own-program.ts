import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process, { argv, cwd, env } from 'node:process';

/** What a program says about itself. */
interface OwnProgram {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/**
 * Name and version in the nearest package.json above the main file of this process, or above its working directory;
 * else those of the npm script that runs it.
 */
export function ownProgram(folder = argv[1] ? dirname(argv[1]) : cwd()): OwnProgram {
  const found = packageAbove(folder);
  const { npm_package_name, npm_package_version } = env;
  return {
    name: found?.name ?? npm_package_name,
    version: found?.version ?? npm_package_version,
  };
}

/** The number in the variable PORT; undefined if it is none. */
export function portOfEnvironment(): number | undefined {
  const { PORT = '' } = env;
  return /^\d+$/.test(PORT) ? Number(PORT) : undefined;
}

/**
 * Calls `act` at the first SIGTERM. If the program does nothing else at SIGTERM, the process ends by that signal
 * afterwards. Returns a function that undoes it.
 */
export function onceTerminated(act: () => Promise<void>): () => void {
  const terminate = () =>
    void act().finally(() => {
      if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
    });
  process.once('SIGTERM', terminate);
  return () => void process.off('SIGTERM', terminate);
}

function packageAbove(folder: string): OwnProgram | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const own = readPackage(join(at, 'package.json'));
    if (own !== undefined) return own;
    if (dirname(at) === at) return undefined;
  }
}

/** Undefined if there is none with a name or a version. */
function readPackage(file: string): OwnProgram | undefined {
  try {
    const fields: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { name, version } = (fields ?? {}) as Record<string, unknown>;
    const own = { name: textOf(name), version: textOf(version) };
    return own.name === undefined && own.version === undefined ? undefined : own;
  } catch {
    // There is none, or it is not for us to complain about.
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
