import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { rollcall } from '../harness/processes.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'rollcall-clone-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A second machine and a container, as namespaces of the kernel. `$0`: a file with another boot id. */
const places = {
  'on a copy of the machine': {
    unshare: '-rm',
    prepare: 'mount --bind "$0" /proc/sys/kernel/random/boot_id &&',
    where: 'on another machine',
    hint: 'delete the file host-id in its state directory',
  },
  'in another container of the machine': {
    unshare: '-rpf',
    prepare: '',
    where: 'in another container of this machine',
    hint: 'give this container its own --host',
  },
};

test.each(Object.entries(places))(
  'an agent with a copied state directory %s is refused, and the hint says why',
  async (name, { unshare, prepare, where, hint }) => {
    await using fleet = await world.fleet();
    const original = join(folder, name, 'original');
    const copy = join(folder, name, 'copy');
    await mkdir(original, { recursive: true });
    const boot = join(folder, name, 'boot');
    await writeFile(boot, '0b0e1a3c-9d6f-4a52-8a7c-5b1f0c2d3e4f\n');
    const args = [
      ...['agent', '--name', 'a', '--json'],
      ...['--servers', fleet.url, '--namespace', fleet.namespace],
    ];
    await using first = rollcall([...args, '--state-dir', original]);
    const { run } = await first.ready;
    await cp(original, copy, { recursive: true });
    const second = promisify(execFile)('unshare', [
      ...[unshare, 'bash', '-c', `${prepare} exec "$@"`, boot],
      ...[execPath, main, ...args, '--state-dir', copy],
    ]);
    await expect(second).rejects.toMatchObject({ code: 1 });
    const { stderr } = await second.catch((error: { readonly stderr: string }) => error);
    expect(stderr).toContain(run);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      code: 'slot-held',
      message: expect.stringContaining(where),
      hint: expect.stringContaining(hint),
    });
    expect(first.lines.filter(({ type }) => type === 'ended')).toEqual([]);
  },
);
