import { afterEach, expect, test } from 'vitest';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { codeBlock } from '../../harness/code-block.ts';
import { buildImage, docker, needEngine } from '../../harness/engine.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const image = 'rollcall-test/web';
const name = `rollcall-how-to-${process.pid}`;

afterEach(async () => {
  await docker('rm', '--force', name).catch(() => '');
});

test('the two commands of the how-to register a container, and its published port answers', async (context) => {
  await needEngine(context);
  const answer = 'http.createServer((_, response) => response.end("hello")).listen(80)';
  await buildImage(image, {
    programs: { '/usr/bin/node': { path: process.execPath, env: {} } },
    lines: ['EXPOSE 80', `CMD ${JSON.stringify(['node', '-e', answer])}`],
  });
  const block = await codeBlock('docs/how-to/register-containers.md', 'sh');
  const [agent = '', start = ''] = block.trim().split('\n');
  expect([agent, start]).toEqual([
    expect.stringMatching(/^rollcall agent .*--docker/),
    expect.stringMatching(/^docker run .* nginx$/),
  ]);
  await using fleet = await world.fleet();
  // As written, with the address of this machine, a free port, and an image that needs no registry.
  const args = agent.replace('10.0.0.7', '127.0.0.1').split(' ').slice(1);
  const { ready } = fleet.start([...args, '--host', 'h1']);
  await ready;
  const [port = 0] = await freePorts(1);
  const command = start
    .replace('8080:80', `127.0.0.1:${port}:80`)
    .replace('nginx', image)
    .replace('--detach', `--detach --name ${name}`);
  await docker(...command.split(' ').slice(1));
  const row = () => fleet.directory.instances('web')[0];
  await until('it is registered', () => row()?.health.state === 'serving', 60_000);
  expect(row()).toMatchObject({ address: '127.0.0.1', port, labels: { 'docker.name': name } });
  const get = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (r) => r.text(),
      () => '',
    );
  await until('it answers', async () => (await get()) === 'hello');
  await docker('rm', '--force', name);
  await until('it is gone', () => row() === undefined, 60_000);
}, 300_000);
