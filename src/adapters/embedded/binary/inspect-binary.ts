import { access, constants, stat } from 'node:fs/promises';
import { Fault } from '../../../domain/fault.ts';
import { runCommand } from './run-command.ts';
import { newEnough, oldestServer, readVersion } from './version.ts';

/** A nats-server that runs on this machine and is new enough. */
export type ServerBinary = {
  path: string;
  version: string;
  /** Which step of the search found it. */
  from: 'setting' | 'path' | 'cache' | 'release' | 'debian';
};

/** The result of running a file with `--version`. */
export type BinaryInspection =
  | { is: 'usable'; version: string }
  | { is: 'too-old'; version: string }
  | { is: 'missing' }
  | { is: 'not-executable' }
  | { is: 'no-server'; output: string };

/** Runs the file with `--version`: the only proof that it is a nats-server that runs here. */
export async function inspectBinary(path: string, signal?: AbortSignal): Promise<BinaryInspection> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return { is: 'missing' };
  const executable = await access(path, constants.X_OK).then(
    () => file.isFile(),
    () => false,
  );
  if (!executable) return { is: 'not-executable' };
  const { stdout, stderr } = await runCommand(path, ['--version'], { signal, within: 10_000 });
  const version = stdout.startsWith('nats-server:') ? readVersion(stdout) : undefined;
  if (version === undefined) return { is: 'no-server', output: (stderr || stdout).trim() };
  return { is: newEnough(version) ? 'usable' : 'too-old', version };
}

/** The problem, as the end of a sentence that starts with the path. */
export function describe(found: Exclude<BinaryInspection, { is: 'usable' }>): string {
  switch (found.is) {
    case 'missing':
      return 'does not exist';
    case 'not-executable':
      return 'is not an executable file';
    case 'too-old':
      return `is nats-server ${found.version}; Rollcall needs ${oldestServer} or later`;
    case 'no-server':
      return `is not a nats-server; its output: ${found.output || 'nothing'}`;
    default:
      return found satisfies never;
  }
}

/**
 * The server at a configured path. An unusable one is an error; the search does not continue.
 * @throws {Fault} `server-too-old`, or `server-not-found` if the file is not a server that runs here
 */
export async function namedBinary(path: string, signal?: AbortSignal): Promise<ServerBinary> {
  const found = await inspectBinary(path, signal);
  if (found.is === 'usable') return { path, version: found.version, from: 'setting' };
  throw new Fault(
    found.is === 'too-old' ? 'server-too-old' : 'server-not-found',
    `ROLLCALL_NATS_SERVER is ${path}, which ${describe(found)}`,
    {
      hint: `set it to a nats-server ${oldestServer} or later, or unset it to have one downloaded`,
    },
  );
}
