import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  FileDriver,
  type FileDriverOptions,
} from '../../../../src/adapters/doors/file/file-driver.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { until } from '../../../integration/harness/until.ts';
import { temporaryDirectory } from '../../embedded/temporary.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

async function world(more: Partial<FileDriverOptions> = {}, at = () => systemClock.monotonic()) {
  const directory = await temporaryDirectory();
  const out = join(directory.path, 'out.conf');
  const view = new FakeView();
  view.set('web', rowOf('web/1'));
  const logged: Record<string, unknown>[] = [];
  const warn = (event: string, facts: object = {}) => void logged.push({ event, ...facts });
  const options: FileDriverOptions = {
    ...{ out, render: 'nginx', services: ['web'], policy: 'prefer-live', mode: undefined },
    ...{ check: undefined, exec: undefined, wait: { min: 20, max: 200 }, minInterval: 0 },
    ...{ keepLast: 600_000, ...more },
  };
  const ports = {
    clock: { ...systemClock, monotonic: at, sleep: systemClock.sleep },
    log: { debug() {}, info() {}, warn },
    metrics: noopMetrics,
  };
  return {
    ...{ out, view, logged, directory: directory.path },
    driver: () => new FileDriver(options, view, ports),
    text: () => readFile(out, 'utf8').catch(() => undefined),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

describe('the file driver', () => {
  test('writes the file, and does nothing when nothing changed', async () => {
    await using one = await world();
    const driver = one.driver();
    expect([await driver.look(), await driver.look()]).toEqual(['written', 'same']);
    expect(await one.text()).toContain('server 10.0.0.1:80;');
    expect((await stat(one.out)).mode & 0o777).toBe(0o644);
  });

  test('keeps the rights of the file and a symbolic link, and sets --mode', async () => {
    await using one = await world();
    const real = join(one.directory, 'real.conf');
    await writeFile(real, 'old');
    await chmod(real, 0o600);
    await symlink(real, one.out);
    expect(await one.driver().look()).toBe('written');
    expect((await stat(real)).mode & 0o777).toBe(0o600);
    expect(await readFile(real, 'utf8')).toContain('upstream web');
    await using two = await world({ mode: 0o640 });
    await two.driver().look();
    expect((await stat(two.out)).mode & 0o777).toBe(0o640);
  });

  test('keeps the old file if the check fails, and reports the exit code', async () => {
    await using one = await world({
      check: 'grep -q 10.0.0.1 "$ROLLCALL_FILE" || { echo no; exit 7; }',
    });
    const driver = one.driver();
    expect(await driver.look()).toBe('written');
    const before = await one.text();
    one.view.set('web', rowOf('web/1', { address: '10.0.0.2' }));
    expect([await driver.look(), await driver.look()]).toEqual(['check-failed', 'check-failed']);
    expect(await one.text()).toBe(before);
    expect(one.logged).toEqual([
      expect.objectContaining({ event: 'file-check-failed', code: 7, output: 'no' }),
    ]);
  });

  test('runs the command again until it succeeds, and then no more', async () => {
    await using one = await world({
      exec: 'echo x >> "$ROLLCALL_FILE.runs"; test -e "$ROLLCALL_FILE.ok" || exit 3',
    });
    const driver = one.driver();
    expect([await driver.look(), await driver.look()]).toEqual(['exec-failed', 'exec-failed']);
    expect(one.logged).toMatchObject([{ event: 'file-exec-failed', code: 3 }]);
    await writeFile(`${one.out}.ok`, '');
    expect([await driver.look(), await driver.look()]).toEqual(['written', 'same']);
    expect(await readFile(`${one.out}.runs`, 'utf8')).toBe('x\nx\nx\n');
  });

  test('writes nothing before the view is complete, and then each change (G13)', async () => {
    await using one = await world();
    one.view.status = { ...one.view.status, isComplete: false };
    const over = new AbortController();
    const following = one.driver().follow(over.signal);
    await pause(150);
    expect(await one.text()).toBeUndefined();
    one.view.status = { ...one.view.status, isComplete: true };
    await until('it is written', async () => (await one.text())?.includes('10.0.0.1'));
    one.view.set('web', rowOf('web/1', { address: '10.0.0.2' }));
    await until('the change is written', async () => (await one.text())?.includes('10.0.0.2'));
    over.abort();
    await following;
  });

  test('leaves the file of an earlier run for a while if no instance has a record (G13)', async () => {
    let now = 0;
    await using one = await world({}, () => now);
    await writeFile(one.out, 'upstream web { server 10.0.0.9:80; }\n');
    one.view.set('web');
    const driver = one.driver();
    expect([await driver.look(), await driver.look()]).toEqual(['kept', 'kept']);
    expect(one.logged).toMatchObject([{ event: 'file-kept' }]);
    now = 600_000;
    expect(await driver.look()).toBe('written');
    expect(await one.text()).toContain('127.0.0.1:1 down');
  });

  test('writes that no instance is usable if their records say so', async () => {
    await using one = await world();
    await writeFile(one.out, 'upstream web { server 10.0.0.9:80; }\n');
    const health = { state: 'draining', detail: null } as const;
    one.view.set('web', rowOf('web/1', { state: 'draining', health }));
    const driver = one.driver();
    expect(await driver.look()).toBe('written');
    one.view.set('web');
    expect(await driver.look()).toBe('same');
  });

  test('logs a file that cannot be written, and goes on', async () => {
    await using one = await world({ out: '/nonexistent/x' });
    expect(await one.driver().look()).toBe('not-written');
    expect(one.logged).toMatchObject([{ event: 'file-not-written' }]);
  });
});
