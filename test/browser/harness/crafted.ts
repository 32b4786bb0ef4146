import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import { sampleFile } from '../../../src/cli/session/dashboard-assets.ts';
import { type RollcallProcess, rollcall } from '../../integration/harness/processes.ts';
import { addressOf } from './dashboard.ts';

/** The fields of a line of a history file that tests change. */
export interface Line {
  seq: number;
  subject: string;
  event: {
    of: Record<string, string>;
    actor: Record<string, string>;
    record: Record<string, unknown> | null;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** A dashboard over a changed copy of the shipped sample. */
export function withCrafted(change: (lines: Line[]) => readonly object[]): {
  at(hash?: string): string;
} {
  let running: RollcallProcess | undefined;
  let folder = '';
  let address = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-crafted-'));
    const file = join(folder, 'crafted.ndjson');
    const text = gunzipSync(await readFile(sampleFile)).toString();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line): Line => JSON.parse(line));
    await writeFile(
      file,
      change(lines)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
    running = rollcall(['ui', '--file', file, '--port', '0', '--json']);
    address = await addressOf(running);
  });
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return { at: (hash = '') => address + hash };
}
