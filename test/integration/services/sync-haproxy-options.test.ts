import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { runInProcess } from '../cli/support/run-in-process.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { backend, startHaproxy } from './support/haproxy.ts';
import { untilAnswered } from './support/traffic.ts';

const world = withServer();

test('rollcall sync haproxy prints its plan with --dry-run, and carries it out with --once, in the servers of --slots', async (context) => {
  const program = await programFor(context, 'haproxy');
  await using directory = await temporaryDirectory();
  await using fleet = await world.fleet();
  await using shop = await backend('shop');
  const address = '127.0.0.1';
  const port = portOf(shop);
  const [haproxy] = await Promise.all([
    startHaproxy(program, directory.path),
    fleet.serving('h1', 'a', [{ service: 'shop', id: '1', address, port }]),
  ]);
  await using _ = haproxy;
  const [, , , socket = ''] = haproxy.driver;
  await until('HAProxy listens', () => stat(socket).catch(() => undefined));
  const state = join(directory.path, 'state');
  const sync = (...more: readonly string[]) => {
    const at = ['--socket', socket, '--backend', 'web', '--service', 'shop', '--state-file', state];
    return runInProcess(fleet, ['sync', 'haproxy', ...at, '--json', ...more]);
  };
  const fill = { act: 'fill', backend: 'web', slot: 'web10', address, port };
  const slots = ['--slots', 'web10'];
  const planned = sync(...slots, '--dry-run');
  expect([await planned.ended, planned.documents()]).toEqual([0, [fill]]);
  await expect(stat(state)).rejects.toThrow('ENOENT');
  const done = sync(...slots, '--once');
  expect([await done.ended, done.documents()]).toEqual([0, [fill]]);
  await untilAnswered(haproxy.port, ['shop']);
  expect(await readFile(state, 'utf8')).toContain(` ${port} `);
  const again = sync(...slots, '--once', '--drain', '1s');
  expect([await again.ended, again.documents()]).toEqual([0, []]);

  const full = sync('--slots', 'none', '--once');
  expect([await full.ended, full.err.map((line) => JSON.parse(line).message)]).toEqual([
    1,
    [`web has no free server for ${address}:${port}`, 'HAProxy has no server in backend web'],
  ]);
  const unknown = sync('--service', 'gone', '--once');
  await expect(unknown.ended).rejects.toMatchObject({ code: 'bad-setting' });
  const other = ['--socket', socket, '--backend', 'web', '--service', 'gone', '--once'];
  const kept = runInProcess(fleet, ['sync', 'haproxy', ...other]);
  expect([await kept.ended, kept.err[0]]).toEqual([
    1,
    'the servers of web stay: no instance has a record, and nothing is known to have',
  ]);
  const strict = sync('--policy', 'strict', '--dry-run');
  await expect(strict.ended).rejects.toMatchObject({ code: 'bad-setting' });
  const emptied = sync('--policy', 'strict', '--allow-empty', '--dry-run');
  expect([await emptied.ended, emptied.documents()]).toEqual([
    0,
    [{ act: 'drain', backend: 'web', slot: 'web10' }],
  ]);
});
