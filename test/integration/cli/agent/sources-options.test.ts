import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../../adapters/embedded/temporary.ts';
import { FakeEngine } from '../../../composition/instances/fake-engine.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { runInProcess } from '../support/run-in-process.ts';

const world = withServer();
const token = 'a-token-of-24-characters';

describe('rollcall agent', () => {
  test('registers containers of the engine at --docker, a failed one for --docker-linger, and programs with --api-token-file', async () => {
    await using fleet = await world.fleet();
    await using directory = await temporaryDirectory();
    await using engine = await new FakeEngine().open();
    const id = 'a'.repeat(64);
    engine.set(id);
    const file = join(directory.path, 'token');
    await writeFile(file, `${token}\n`);
    const [port = 0] = await freePorts(1);
    const self = ['agent', '--host', 'h1', '--name', 'a', '--state-dir', directory.path];
    const docker = ['--docker', engine.path, '--docker-linger', '200ms', '--address', '10.0.0.7'];
    const api = ['--api', `0.0.0.0:${port}`];
    await expect(runInProcess(fleet, [...self, ...api]).ended).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('--api-token-file'),
    });
    await writeFile(join(directory.path, 'short'), 'short\n');
    const short = ['--api-token-file', join(directory.path, 'short')];
    await expect(runInProcess(fleet, [...self, ...api, ...short]).ended).rejects.toMatchObject({
      code: 'bad-setting',
    });

    const guarded = [...self, ...docker, ...api, '--api-token-file', file, '--json'];
    await using agent = runInProcess(fleet, guarded);
    await until('the container is registered', () => {
      return fleet.row('web', 'aaaaaaaaaaaa')?.address === '10.0.0.7';
    });
    const url = `http://127.0.0.1:${port}/v1/instances`;
    const ask = (headers: Record<string, string>) => fetch(url, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);

    engine.set(id, { status: 'exited', exitCode: 137 });
    engine.emit(id, 'die');
    await until('it failed', () =>
      fleet.told.some(({ now }) => now?.health.detail === 'exited 137'),
    );
    await until('it is deregistered', () => !fleet.row('web', 'aaaaaaaaaaaa'));
    expect(agent.err.join('\n')).not.toContain('"level":"error"');
  });

  test('keeps what it has and says so while the engine at --docker does not answer', async () => {
    await using fleet = await world.fleet();
    await using directory = await temporaryDirectory();
    const nowhere = join(directory.path, 'none.sock');
    const self = ['agent', '--host', 'h1', '--name', 'a', '--state-dir', directory.path];
    await using agent = runInProcess(fleet, [...self, '--docker', nowhere, '--json']);
    await until('it is ready', () => agent.out.some((line) => line.includes('"ready"')));
    await until('it says so', () => agent.err.join('\n').includes(nowhere));
    await expect(
      runInProcess(fleet, [...self, '--docker', 'relative.sock']).ended,
    ).rejects.toMatchObject({ code: 'bad-setting' });
  });
});
