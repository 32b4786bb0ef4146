import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectory, startAgent, startCollector } from '../../../src/index.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-library-'));
});
afterAll(() => rm(stateDir, { recursive: true, maxRetries: 20 }));

const web1 = { service: 'web', id: 'web-1' };

describe('a running agent', () => {
  it('refuses a health that is none, an unknown instance, duplicates, and calls after its end', async () => {
    const at = { servers: world.server.url, namespace: 'inputs', stateDir };
    await using directory = await openDirectoryAfter(at);
    const { agent } = directory;
    const bad = (health: unknown) => () => agent.report(web1, health as never);
    expect(bad({ state: 'failing', detail: new Error('disk full') })).toThrow(/^health\.detail: /);
    expect(bad({ state: 'down' })).toThrow(/^health\.state: must be serving, failing or draining/);
    expect(bad({ state: 'serving', since: 1 })).toThrow(/^health\.since: unknown key/);
    expect(() => agent.report({ ...web1, id: 'web-2' }, { state: 'serving' })).toThrow(
      "this agent has no instance 'web/web-2'",
    );
    expect(() => agent.replace([web1, web1])).toThrow("instances: 'web/web-1' is listed twice");
    expect(() => agent.replace([{ service: 'web', prot: 1 } as never])).toThrow(
      'instances[0].prot: unknown key',
    );
    expect(agent.state).toBe('serving');
    expect(directory.view.instances('web')[0]?.health.state).toBe('serving');
    await agent.stop();
    expect(() => agent.report(web1, { state: 'serving' })).toThrow('the agent has stopped');
    expect(() => agent.replace([])).toThrow('the agent has stopped');
  });
});

async function openDirectoryAfter(at: Parameters<typeof openDirectory>[0]) {
  await using opened = new AsyncDisposableStack();
  const agent = opened.use(
    await startAgent({ ...at, host: 'h1', name: 'shop', instances: [web1] }),
  );
  const view = opened.use(await openDirectory(at));
  await until('the instance is seen', () => view.instances('web').length === 1);
  const all = opened.move();
  return { agent, view, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

describe('openDirectory', () => {
  it('creates no namespace: a name with a typing error is not found', async () => {
    const at = { servers: world.server.url, namespace: 'mistyped', connectWithin: '700ms' };
    for (let n = 0; n < 2; n += 1) {
      await expect(openDirectory(at)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('waits for a namespace that the first agent creates meanwhile', async () => {
    const at = { servers: world.server.url, namespace: 'later', stateDir };
    const opening = openDirectory({ ...at, connectWithin: '20s' });
    await sleep(300);
    await using _agent = await startAgent({ ...at, host: 'h1', name: 'a', instances: [web1] });
    await using directory = await opening;
    await until('the instance is seen', () => directory.instances('web').length === 1);
  });
});

describe('connecting', () => {
  it('goes on while the server refuses connections, until connectWithin has passed', async () => {
    const [port = 0] = await freePorts(1);
    const servers = `nats://127.0.0.1:${port}`;
    const starting = startCollector({ servers, stateDir, connectWithin: '20s' });
    await sleep(300);
    await using _server = await startTestServer({ port });
    await using collector = await starting;
    expect(collector.state).not.toBe('stopped');
  });

  it('that a signal aborts names the reason of the signal as the cause', async () => {
    const [port = 0] = await freePorts(1);
    const why = new Error('the shop closes');
    const stopping = new AbortController();
    const opening = openDirectory({
      ...{ servers: `nats://127.0.0.1:${port}`, connectWithin: '1m' },
      signal: stopping.signal,
    });
    stopping.abort(why);
    await expect(opening).rejects.toMatchObject({ code: 'store-unavailable', cause: why });
  });
});
