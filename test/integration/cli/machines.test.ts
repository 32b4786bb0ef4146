import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-machines-'));
  file = join(folder, 'door.ts');
});
afterEach(() => rm(folder, { recursive: true }));

const door = (states: string) =>
  `import { createMachine } from 'xstate';\nexport const door = createMachine({ id: 'door', initial: 'shut', states: { shut: {}, ${states} } });\n`;

const picture = () => readFile(join(folder, 'door.svg'), 'utf8');

describe('rollcall machines watch', () => {
  it('redraws a machine when its file changes, reports its errors, and ends at Ctrl-C', async () => {
    await writeFile(file, door(''));
    await using watching = rollcall(['machines', 'watch', file]);
    const drawn = () => watching.lines.filter(({ text }) => /^door #/.test(String(text))).length;
    await until('it is drawn', () => drawn() === 1);
    expect(await picture()).toContain('>shut<');
    await until('it says how it ends', () => watching.stderr.includes('Ctrl-C stops'));

    await writeFile(file, door('open: {}'));
    await until('the change is drawn', () => drawn() === 2);
    expect(await picture()).toContain('>open<');

    // A syntax error, as in a half-typed file, and a machine that XState refuses.
    for (const [wrong, complaint] of [
      ['open: {', /door\.ts cannot be loaded: .*expected/i],
      [
        "open: { on: { close: 'nowhere' } }",
        /door\.ts cannot be loaded: .*'nowhere' does not exist/s,
      ],
    ] as const) {
      const before = watching.stderr.length;
      await writeFile(file, door(wrong));
      await until('it complains', () => complaint.test(watching.stderr.slice(before)));
    }
    expect(await picture()).toContain('>open<');
    expect(drawn()).toBe(2);

    // An editor that writes a temporary file and renames it.
    await writeFile(`${file}~`, door('ajar: {}'));
    await rename(`${file}~`, file);
    await until('it goes on', () => drawn() === 3);
    expect(await picture()).toContain('>ajar<');
    expect(watching.stderr).not.toMatch(/bug|--machines/);

    watching.kill('SIGINT');
    expect(await watching.exited).toBe(0);
  });

  it('reports a missing file with its path', async () => {
    await using watching = rollcall(['machines', 'watch', join(folder, 'gate.ts')]);
    expect(await watching.exited).toBe(1);
    expect(watching.stderr).toMatch(/there is no file '.*gate\.ts'/);
    expect(watching.stderr).toContain('name the file that exports the machine');
  });
});
