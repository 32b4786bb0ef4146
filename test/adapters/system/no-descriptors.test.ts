import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(
  new URL('../../integration/fixtures/no-descriptors.ts', import.meta.url),
);

test('a process without a free file descriptor fails its checks and commands, and goes on', async () => {
  const limited = 'ulimit -n 64; exec "$0" "$1"';
  const { stdout } = await promisify(execFile)('bash', ['-c', limited, execPath, script]);
  expect(JSON.parse(stdout)).toEqual([
    { check: 'passed', shell: 0 },
    { check: expect.stringContaining('EMFILE'), shell: 127 },
  ]);
});
