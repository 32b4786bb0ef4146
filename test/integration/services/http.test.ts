import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const get = async (url: string) => {
  const response = await fetch(url);
  // biome-ignore lint/suspicious/noExplicitAny: each answer has another shape
  return { status: response.status, body: (await response.json()) as any };
};

describe('rollcall serve --http', () => {
  test('answers a request that waits when an agent is killed', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const serve = fleet.start(['serve', '--http', '0']);
    const { http } = (await serve.ready) as unknown as { http: string };
    const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: '1', port: 8080 }]);
    const path = `${http}/v1/services/web/instances`;
    const { body } = await until('the instance is live', async () => {
      const answer = await get(path);
      return answer.body.instances[0]?.state === 'live' ? answer : undefined;
    });
    const waiting = get(`${path}?index=${body.index}&wait=30s`);
    process.kill('SIGKILL');
    const answer = await waiting;
    expect(answer.body.instances).toMatchObject([{ id: '1', state: 'dubious', port: 8080 }]);
    const { body: row } = await get(`${http}/v1/services/web/pick`);
    expect(row).toMatchObject({ id: '1', state: 'dubious' });
    expect((await get(`${http}/v1/services/web/pick?policy=strict`)).status).toBe(404);
  });

  test('answers from a snapshot if it starts while the store is away, and with 503 without one', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.serving('h1', 'a', [{ service: 'web', id: '1', port: 8080 }]);
    const file = join(directory.path, 'view.json');
    const where = ['--servers', server.url, '--namespace', fleet.namespace, '--json'];
    const [port = 0] = await freePorts(1);
    const start = (more: readonly string[]) =>
      rollcall(['serve', '--http', `${port}`, ...more, ...where]);
    const http = `http://127.0.0.1:${port}/v1`;
    {
      await using first = start(['--snapshot', file]);
      await first.ready;
      await until('the snapshot is written', async () => {
        return existsSync(file);
      });
      await server.stop();
      const { body } = await get(`${http}/services/web/pick`);
      expect(body).toMatchObject({ id: '1', port: 8080 });
    }
    {
      await using second = start([]);
      await second.line(({ event }) => event === 'listening');
      expect(await get(`${http}/services/web/instances?policy=any`)).toMatchObject({
        status: 503,
        body: { error: 'not-complete' },
      });
    }
    await using third = start(['--snapshot', file]);
    expect(await third.ready).toMatchObject({ source: 'snapshot' });
    const { body } = await get(`${http}/services/web/pick`);
    expect(body).toMatchObject({ id: '1', port: 8080, state: 'dubious', reason: 'unobserved' });
    expect((await get(`${http}/health`)).body).toMatchObject({ source: 'snapshot' });
    await server.restart();
    await until('the store answers', async () => {
      return (await get(`${http}/health`)).body.source === 'store';
    });
  });
});
