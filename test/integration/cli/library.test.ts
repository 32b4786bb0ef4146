import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault, openDirectory, replay, startAgent, startCollector } from '../../../src/index.ts';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-library-'));
});
afterAll(() => rm(stateDir, { recursive: true, maxRetries: 20 }));

let fleets = 0;
const fleet = () => {
  fleets += 1;
  return { servers: world.server.url, namespace: `library${fleets}`, stateDir };
};

describe('the example in the readme', () => {
  const file = fileURLToPath(new URL('support/readme-example.ts', import.meta.url));

  it('has at most 22 lines', async () => {
    expect((await readFile(file, 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(22);
  });

  it('runs to its end and prints the documented output', async () => {
    const child = spawn(execPath, [file, world.server.url], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^web-1 at 10\.0\.0\.7:8080 is live; its fencing token is \d+\n/);
    expect(out).toContain('web-1 is now failing: disk full\n');
  });
});

describe('an agent in a program', () => {
  it('registers, changes and leaves; a directory sees each change', async () => {
    const at = fleet();
    await using _collector = await startCollector(at);
    await using directory = await openDirectory({ ...at, seatsEvery: '200ms' });
    const seen: string[] = [];
    const stop = directory.onChange((changes) => {
      for (const { before, now } of changes) {
        seen.push(`${(now ?? before)?.id} ${before?.state ?? '-'} ${now?.state ?? '-'}`);
      }
    });
    await until('somebody watches', () => directory.observed);
    const agent = await startAgent({
      ...at,
      host: 'h1',
      name: 'a',
      ttl: '5s',
      grace: 2000,
      instances: [{ service: 'web', port: 80 }],
    });
    expect(agent).toMatchObject({ host: 'h1', name: 'a', state: 'serving' });
    expect([agent.run.length, agent.term > 0]).toEqual([26, true]);
    await until('it is seen', () => directory.instances('web').length === 1);
    expect(directory.instances('web')).toMatchObject([
      { id: 'h1-a-web-80', run: agent.run, term: agent.term, state: 'live' },
    ]);
    expect(directory.agents()).toMatchObject([{ ttl: 5000, run: agent.run }]);
    agent.report({ service: 'web', id: 'h1-a-web-80' }, { state: 'failing', detail: 'why' });
    await until('it fails', () => directory.instances('web')[0]?.health.detail === 'why');
    agent.replace([{ service: 'web', id: 'w2' }]);
    await until('the other', () => directory.instances('web')[0]?.id === 'w2');
    await agent.stop();
    await agent.done;
    await until('it has left', () => directory.agents().length === 0);
    stop();
    expect(seen.filter((line) => !line.startsWith('w2 - '))).toEqual([
      'h1-a-web-80 - live',
      'h1-a-web-80 live failing',
      'h1-a-web-80 failing -',
      'w2 live -',
    ]);
    expect(directory.age).toBeLessThan(5000);
  });

  it('selects by policy, and its directory keeps the last contents with their age while the store is away', async () => {
    const at = { namespace: 'picked', stateDir };
    await using server = await startTestServer();
    const servers = server.url;
    const instances = ['w1', 'w2'].map((id) => ({ service: 'web', id }));
    await using _collector = await startCollector({ ...at, servers });
    await using agent = await startAgent({ ...at, servers, host: 'h1', name: 'a', instances });
    await using directory = await openDirectory({ ...at, servers, seatsEvery: '200ms' });
    await until('both are live', () => directory.instances('web', { policy: 'strict' }).length > 1);
    agent.report({ service: 'web', id: 'w2' }, { state: 'failing', detail: 'full' });
    await until('one fails', () => directory.instances('web', { policy: 'strict' }).length === 1);
    expect(directory.instances('web')).toHaveLength(2);
    expect(directory.pick('web')?.id).toBe('w1');
    expect(directory.pick('web', { random: () => 0.99 })?.id).toBe('w1');
    expect(directory.pick('web', { policy: 'any', random: () => 0.99 })?.id).toBe('w2');
    expect(directory.pick('nothing')).toBeUndefined();
    expect(() => directory.pick('web', { policy: 'best' as never })).toThrow(/^pick\.policy: /);
    await server.kill();
    await until('the view is old', () => directory.age > 3000);
    expect(directory.instances('web')).toHaveLength(2);
    expect(directory.pick('web')?.id).toBe('w1');
    await server.restart();
    await until('it is fresh again', () => directory.age < 2000);
  });

  it('checks the health of instances that have a check', async () => {
    const at = fleet();
    const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const check = { tcp: `127.0.0.1:${portOf(listener)}`, every: '100ms', failAfter: 1 };
    const instances = [{ service: 'web', id: 'w1', check }];
    await using _agent = await startAgent({ ...at, host: 'h1', name: 'a', instances });
    await using directory = await openDirectory(at);
    const changes = directory.changes();
    listener.close();
    await until('it fails', () => directory.instances()[0]?.health.state === 'failing');
    await changes.return();
  });

  it('of the same name is refused, or takes over on request', async () => {
    const at = { ...fleet(), host: 'h1', name: 'a' };
    await using first = await startAgent(at);
    const ended = first.done.catch((cause: unknown) => cause);
    await expect(startAgent(at)).rejects.toMatchObject({ name: 'Fault', code: 'slot-held' });
    await using second = await startAgent({ ...at, takeover: true });
    expect(await ended).toMatchObject({ code: 'superseded' });
    expect(second.term).toBeGreaterThan(0);
  });

  it.each([
    [{ ttl: '1s' }, 'ttl: at least 2 s'],
    [{ ttl: 2500 }, 'whole seconds'],
    [{ grace: 'soon' }, 'a duration with its unit'],
    [{ name: '' }, 'a name has at least one character'],
    [{ namespace: 'a.b' }, 'a namespace is'],
    [{ instances: [{ service: 'web', port: 99_999 }] }, 'instances[0].port'],
    [{ servers: [] }, 'servers'],
  ])('is refused with the option and the rule: %j', async (more, message) => {
    const starting = startAgent({ ...fleet(), host: 'h1', name: 'a', ...more });
    await expect(starting).rejects.toThrow(Fault);
    await expect(startAgent({ ...fleet(), host: 'h1', name: 'a', ...more })).rejects.toThrow(
      message,
    );
  });

  it('reports a missing server and keeps nothing open', async () => {
    const [port] = await freePorts(1);
    const at = { servers: `nats://joe:secret@127.0.0.1:${port}`, connectWithin: '1s', stateDir };
    for (const opening of [
      () => startAgent({ ...at, name: 'a' }),
      () => openDirectory(at),
      () => startCollector(at),
    ]) {
      const fault = await opening().catch((cause: unknown) => cause);
      expect(fault).toMatchObject({ code: 'store-unavailable' });
      expect(`${fault}`).toContain(`127.0.0.1:${port}`);
      expect(`${fault}`).not.toContain('secret');
    }
  });

  it('stops waiting for a server when its signal aborts', async () => {
    const listener = createServer(() => {}).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const at = { servers: `127.0.0.1:${portOf(listener)}`, connectWithin: '1m' };
    const stop = AbortSignal.timeout(200);
    await expect(openDirectory({ ...at, signal: stop })).rejects.toThrow(Fault);
    listener.close();
  });
});

describe('changes as an iterable', () => {
  it('are complete however slow the reader, and end when closed', async () => {
    const at = fleet();
    await using agent = await startAgent({ ...at, host: 'h1', name: 'a' });
    const directory = await openDirectory(at);
    const changes = directory.changes();
    for (const id of ['w1', 'w2', 'w3']) {
      agent.replace([{ service: 'web', id }]);
      await until(id, () => directory.instances()[0]?.id === id);
    }
    const appeared: string[] = [];
    while (appeared.length < 3) {
      for (const { before, now } of (await changes.next()).value ?? []) {
        if (now && !before) appeared.push(now.id);
      }
    }
    expect(appeared).toEqual(['w1', 'w2', 'w3']);
    const last = changes.next();
    await directory[Symbol.asyncDispose]();
    for (let next = await last; !next.done; next = await changes.next());
  });
});

describe('a past fleet', () => {
  it('is equal to the directory then, at any moment of the audit', async () => {
    const at = fleet();
    await using _collector = await startCollector(at);
    await using directory = await openDirectory({ ...at, seatsEvery: '200ms' });
    await until('somebody watches', () => directory.observed);
    const instances = [{ service: 'web', id: 'w1', port: 80 }];
    await using agent = await startAgent({ ...at, host: 'h1', name: 'a', instances });
    await until('it is live', () => directory.agents()[0]?.state === 'live');
    const shown = { instances: directory.instances(), agents: directory.agents() };
    const then = await until('the audit has it', async () => {
      const fleet = await replay({ ...at, at: 'now' });
      // The audit copies events one by one: that of the instance and of the collector's sight may follow those of the agent.
      const isLive = fleet.agents()[0]?.state === 'live' && fleet.instances().length === 1;
      const isShown = isLive && fleet.caveats.length === 0;
      return isShown ? fleet : undefined;
    });
    agent.replace([{ service: 'db', id: 'd1' }]);
    await until('the other', () => directory.instances()[0]?.id === 'd1');
    await until('the audit has that too', async () => {
      const now = await replay({ ...at, at: new Date() });
      return (
        now.seq > then.seq && now.instances('db').length === 1 && now.instances('web').length === 0
      );
    });
    const again = await replay({ ...at, at: `${then.seq}` });
    expect({ instances: again.instances(), agents: again.agents() }).toEqual(shown);
    expect(again).toMatchObject({ seq: then.seq, at: then.at, caveats: [] });
  });

  it('of a missing namespace is not found, and no namespace is created', async () => {
    const at = { ...fleet(), at: 'now' };
    for (let n = 0; n < 2; n += 1) {
      await expect(replay(at)).rejects.toMatchObject({ name: 'Fault', code: 'not-found' });
    }
  });
});
