import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that goes with its test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A program that answers like a nats-server that is asked for its version, and does nothing else. */
export async function fakeServer(path: string, version: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\necho 'nats-server: v${version}'\n`);
  await chmod(path, 0o755);
  return path;
}
