import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveNames } from '../../../src/cli/completion/live-names.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-names-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('names are read with the connection of the command line that is completed', async () => {
  const echo = join(folder, 'echo.mjs');
  await writeFile(echo, 'console.log(JSON.stringify(process.argv.slice(2)));\n');
  const self = [process.execPath, echo] as const;
  const words = [
    'ps',
    '--servers=nats://n1',
    '--context',
    'prod',
    '-o',
    'wide',
    '--namespace=',
    '',
  ];
  const [asked = ''] = await liveNames(['services'], words, { self, env: {} }, -10_000);
  expect(JSON.parse(asked)).toEqual([
    ...['completion', 'names', '--servers=nats://n1', '--context', 'prod', '--namespace='],
    ...['--', 'services'],
  ]);
});

describe('names of a namespace for the completion', () => {
  test.each([
    [0, 800, 2500],
    [900, 0, 1500],
    [5000, 0, 1500],
  ])(
    'that do not come: a process that has run for %i ms waits for what is left of a second',
    async (spent, least, most) => {
      const hanging = join(folder, 'hanging.mjs');
      await writeFile(hanging, 'setInterval(() => {}, 1000);\n');
      const began = performance.now();
      const self = [process.execPath, hanging] as const;
      expect(await liveNames(['services'], ['ps', ''], { self, env: {} }, spent)).toEqual([]);
      const took = performance.now() - began;
      expect(took).toBeGreaterThan(least);
      // The wait is 950, 50 and 50 ms; the rest is for a busy machine.
      expect(took).toBeLessThan(most);
    },
  );
});
