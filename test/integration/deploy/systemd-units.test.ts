import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { programFor } from '../harness/programs.ts';
import { outputOf } from '../harness/run-program.ts';

const units = fileURLToPath(new URL('../../../deploy/systemd', import.meta.url));
const program = fileURLToPath(new URL('../../../bin/rollcall', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'rollcall-units-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The units as they ship, with the program of this checkout, and the agent's template for the agent `shop`. */
async function installedUnits(): Promise<readonly string[]> {
  const names = await readdir(units);
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(units, name), 'utf8');
      const file = join(folder, name.replace('@', '@shop'));
      await writeFile(file, text.replace('/usr/bin/rollcall', program));
      return file;
    }),
  );
}

test('systemd accepts each line of the units', async (context) => {
  const systemd = await programFor(context, 'systemd-analyze');
  const files = await installedUnits();
  expect(files).toHaveLength(3);
  const verify = await outputOf(systemd, ['verify', '--man=no', ...files]);
  expect([verify.code, verify.output]).toEqual([0, '']);
});

test('systemd reports an unknown setting in a unit file', async (context) => {
  const systemd = await programFor(context, 'systemd-analyze');
  const [file = ''] = await installedUnits();
  const text = await readFile(file, 'utf8');
  const broken = join(folder, 'broken.service');
  await writeFile(broken, text.replace('ProtectHome=', 'ProtectHomes='));
  const verify = await outputOf(systemd, ['verify', '--man=no', broken]);
  expect(verify.output).toContain("Unknown key 'ProtectHomes'");
});

test('the units have a low exposure by systemd-analyze security', async (context) => {
  const systemd = await programFor(context, 'systemd-analyze');
  for (const file of await installedUnits()) {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=25', file];
    const { code, output } = await outputOf(systemd, args);
    expect([code, output.trim().split('\n').at(-1)]).toEqual([0, expect.stringContaining('OK')]);
  }
});
