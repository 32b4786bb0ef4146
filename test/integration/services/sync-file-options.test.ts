import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { type CommandInProcess, runInProcess } from '../cli/support/run-in-process.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const stack = new AsyncDisposableStack();
let fleet: TestFleet;
let folder: string;

beforeAll(async () => {
  fleet = stack.use(await world.fleet());
  folder = stack.use(await temporaryDirectory()).path;
  const address = '127.0.0.1';
  const instances = [
    { service: 'web', id: '1', address, port: 8080, labels: { version: '1.2' } },
    { service: 'web', id: '2', address, port: 8081, labels: { version: '1;evil' } },
    { service: 'mail', id: '1', address, port: 25 },
  ];
  await fleet.serving('h1', 'a', instances, ['--ttl', '15s', '--grace', '30s']);
  await writeFile(join(folder, 'plain.liquid'), plain);
});
afterAll(() => stack.disposeAsync());

const plain = '{% for i in instances %}{{ i.endpoint }} {{ i.labels.version }}\n{% endfor %}';
const file = (name: string) => join(folder, name);
const read = (name: string) => readFile(file(name), 'utf8');
const syncFile = (name: string, ...more: readonly string[]): CommandInProcess =>
  runInProcess(fleet, ['sync', 'file', '--out', file(name), ...more]);

describe('rollcall sync file', () => {
  test('--dry-run prints the text and writes no file, with --json as one document', async () => {
    const format = ['--format', 'nginx', '--service', 'mail', '--dry-run'];
    const text = 'upstream mail {\n  server 127.0.0.1:25;\n}\n';
    const human = syncFile('dry', ...format);
    expect(await human.ended).toBe(0);
    expect(human.out).toEqual([text.trimEnd()]);
    const machine = syncFile('dry', ...format, '--json');
    expect(await machine.ended).toBe(0);
    expect(machine.documents()).toEqual([{ file: file('dry'), text }]);
    await expect(stat(file('dry'))).rejects.toThrow('ENOENT');
  });

  test('--template writes what the template says, and leaves out an instance with an unsafe label', async () => {
    const once = syncFile('hosts', '--template', file('plain.liquid'), '--once', '--json');
    expect(await once.ended).toBe(0);
    expect(await read('hosts')).toBe('127.0.0.1:25 \n127.0.0.1:8080 1.2\n');
    expect(once.err.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: 'file-instances-left-out', instances: ['web/2'] }),
    );
    const missing = syncFile('hosts', '--template', file('none.liquid'), '--once');
    await expect(missing.ended).rejects.toMatchObject({ code: 'bad-setting' });
    await writeFile(file('broken.liquid'), '{% for i in %}');
    const broken = syncFile('hosts', '--template', file('broken.liquid'), '--dry-run');
    await expect(broken.ended).rejects.toMatchObject({ code: 'bad-setting' });
  });

  test('--once writes the file with the rights of --mode, and reports an unchanged file the second time', async () => {
    const args = ['--format', 'json', '--service', 'web', '--mode', '0640', '--once', '--json'];
    const first = syncFile('once', ...args);
    expect([await first.ended, first.documents()]).toEqual([
      0,
      [{ file: file('once'), outcome: 'written' }],
    ]);
    expect((await stat(file('once'))).mode & 0o777).toBe(0o640);
    const { services } = JSON.parse(await read('once'));
    expect(services).toMatchObject([{ name: 'web', instances: [{ id: '1' }, { id: '2' }] }]);
    const second = syncFile('once', ...args);
    expect([await second.ended, second.documents()]).toEqual([
      0,
      [{ file: file('once'), outcome: 'same' }],
    ]);
  });

  test('--once ends with exit code 1 if the check or the command fails, or the registry could not be read', async () => {
    const nginx = ['--format', 'nginx', '--once'];
    const checked = syncFile('checked', ...nginx, '--check', 'exit 3');
    expect([await checked.ended, checked.out]).toEqual([1, [`${file('checked')}: check-failed`]]);
    await expect(stat(file('checked'))).rejects.toThrow('ENOENT');
    const ran = syncFile('ran', ...nginx, '--exec', 'exit 4');
    expect([await ran.ended, ran.out]).toEqual([1, [`${file('ran')}: exec-failed`]]);
    await writeFile(file('earlier'), 'upstream gone { server 10.0.0.1:80; }\n');
    const unknown = [...nginx, '--service', 'gone'];
    const kept = syncFile('earlier', ...unknown);
    expect([await kept.ended, kept.out]).toEqual([1, [`${file('earlier')}: kept`]]);
    const emptied = syncFile('earlier', ...unknown, '--keep-last', '0');
    expect(await emptied.ended).toBe(0);
    expect(await read('earlier')).toBe('upstream gone {\n  server 127.0.0.1:1 down;\n}\n');
  });

  test('--policy strict needs --allow-empty, and hands out nothing while no collector is active', async () => {
    const strict = ['--format', 'nginx', '--service', 'mail', '--policy', 'strict', '--dry-run'];
    await expect(syncFile('strict', ...strict).ended).rejects.toMatchObject({
      code: 'bad-setting',
    });
    const allowed = syncFile('strict', ...strict, '--allow-empty');
    expect(await allowed.ended).toBe(0);
    expect(allowed.out).toEqual(['upstream mail {\n  server 127.0.0.1:1 down;\n}']);
  });

  test('refuses two sources of the text, and settings that break their rule', async () => {
    const template = ['--template', file('plain.liquid')];
    for (const args of [
      ['--format', 'json', ...template],
      ['--format', 'yaml'],
      [...template, '--wait', '2s:200ms'],
      [...template, '--mode', '0999'],
    ])
      await expect(syncFile('bad', ...args).ended, args.join(' ')).rejects.toMatchObject({
        code: 'bad-setting',
      });
    const neither = syncFile('bad', '--json');
    expect(await neither.ended).toBe(2);
    expect(neither.err.map((line) => JSON.parse(line))).toMatchObject([
      { code: 'bad-usage', message: 'rollcall sync file needs --format or --template' },
    ]);
  });

  test('follows changes with the times of --wait and --min-interval, and serves metrics', async () => {
    const times = ['--wait', '10ms:20ms', '--min-interval', '10ms', '--snapshot', file('view')];
    const args = ['--format', 'prometheus', '--metrics', '0', '--json', ...times];
    await using driver = syncFile('followed', ...args);
    await until('the file is written', () => read('followed').catch(() => ''));
    const more = { service: 'late', id: '1', address: '127.0.0.1', port: 1234 };
    await fleet.serving('h2', 'a', [more]);
    await until('the file has it', async () => (await read('followed')).includes('127.0.0.1:1234'));
    await until('the snapshot is written', () => read('view').catch(() => ''));
    expect(driver.documents()).toMatchObject([{ event: 'ready', source: 'store' }]);
  });
});
