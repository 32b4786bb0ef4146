import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../../../src/cli/main.ts', import.meta.url));

/** Output, exit code and duration of a command. */
export interface Ended {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
  readonly took: number;
  /** Its output as JSON documents. */
  documents(): readonly Record<string, unknown>[];
}

/** Runs `rollcall …` to its end, with only PATH, HOME and ROLLCALL_NATS_SERVER from our environment. */
export async function command(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const { PATH, HOME, ROLLCALL_NATS_SERVER } = process.env;
  const began = performance.now();
  const child = spawn(execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ROLLCALL_NATS_SERVER, ...env },
  });
  const [out, err, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const took = performance.now() - began;
  return {
    code: signal ?? code,
    out,
    err,
    took,
    documents: () => documentsIn(out),
  };
}

/**
 * The longest time for a command without waiting for a server: twenty times that of `--version`, measured at
 * this moment, because other tests use the cores too.
 */
export async function withoutWaiting(): Promise<number> {
  const { took } = await command(['--version']);
  return 20 * took;
}

/** Runs a line in a shell that has `rollcall` and the server’s address. */
export async function shell(
  line: string,
  url: string,
  { cwd = '.', env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const began = performance.now();
  const script = `rollcall() { '${execPath}' '${main}' "$@"; }\n${line}`;
  const { PATH, HOME } = process.env;
  const child = spawn('/bin/bash', ['-o', 'pipefail', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { PATH, HOME, NATS_URL: url, ...env },
  });
  const [out, err, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return {
    code: signal ?? code,
    out,
    err,
    took: performance.now() - began,
    documents: () => documentsIn(out),
  };
}

const documentsIn = (out: string) =>
  out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
