import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  HaproxyDriver,
  type HaproxyOptions,
} from '../../../src/adapters/haproxy/haproxy-driver.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { FakeView, rowOf } from '../doors/support/fake-view.ts';

interface Server {
  address: string;
  port: number;
  admin: number;
  sessions: number;
}

/** The admin socket of an HAProxy with empty servers web1 to web3; it obeys `set server`. */
async function startHaproxy() {
  const path = join(tmpdir(), `rollcall-haproxy-${process.pid}.sock`);
  const servers = new Map<string, Server>(
    ['web1', 'web2', 'web3'].map((name) => [
      name,
      { address: '127.0.0.1', port: 1, admin: 5, sessions: 0 },
    ]),
  );
  const commands: string[] = [];
  const answer = (command: string): string => {
    if (command.startsWith('show servers state')) {
      const head = '1\n# be_id be_name srv_id srv_name srv_addr srv_admin_state srv_port';
      const rows = [...servers].map(
        ([name, { address, port, admin }]) => `2 web 1 ${name} ${address} ${admin} ${port}`,
      );
      return `${[head, ...rows].join('\n')}\n\n`;
    }
    if (command.startsWith('show stat')) {
      const rows = [...servers].map(([name, { sessions }]) => `web,${name},${sessions}`);
      return `${['# pxname,svname,scur', ...rows].join('\n')}\n\n`;
    }
    commands.push(command);
    const [, name = '', act = '', value = ''] =
      /^set server web\/(\S+) (addr|state) (\S+)/.exec(command) ?? [];
    const server = servers.get(name);
    if (!server) return 'No such server.\n\n';
    if (act === 'addr') {
      server.address = value;
      server.port = Number(/port (\d+)$/.exec(command)?.[1]);
    } else server.admin = 4 + (value === 'maint' ? 1 : value === 'drain' ? 8 : 0);
    return '\n';
  };
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (!text.endsWith('\n')) return;
      socket.end(text.trim().split(';').map(answer).join(''));
    });
    socket.on('error', () => {});
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  return {
    ...{ path, servers, commands },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => listener.close(() => resolve())),
  };
}

function driverFor(
  socket: string,
  view: FakeView,
  saved: string[] = [],
  more: Partial<HaproxyOptions> = {},
) {
  const options = {
    ...{ socket, backends: [{ backend: 'web', service: 'web', slots: '' }] },
    ...{ policy: 'prefer-live' as const, drain: 30_000, keepLast: 600_000, ...more },
    saveState: async (text: string) => void saved.push(text),
  };
  const ports = {
    clock: systemClock,
    metrics: noopMetrics,
    log: { debug() {}, info() {}, warn: (event: string) => void view.logged.push({ event }) },
  };
  return new HaproxyDriver(options, view, ports);
}

describe('the driver of HAProxy', () => {
  test('fills servers, drains unusable instances, and frees the servers of removed ones', async () => {
    await using haproxy = await startHaproxy();
    const view = new FakeView();
    const saved: string[] = [];
    const driver = driverFor(haproxy.path, view, saved);
    const rows = ['web/1', 'web/2'].map((name, n) => rowOf(name, { port: 8080 + n }));
    view.set('web', ...rows);
    await driver.look(true);
    expect(haproxy.servers.get('web2')).toMatchObject({
      address: '10.0.0.1',
      port: 8081,
      admin: 4,
    });
    expect(saved).toHaveLength(1);
    haproxy.commands.length = 0;
    await driver.look(true);
    expect(haproxy.commands).toEqual([]);

    const [first] = rows;
    const leaving = { state: 'draining', health: { state: 'draining', detail: null } } as const;
    if (first) view.set('web', first, rowOf('web/2', { port: 8081, ...leaving }));
    await driver.look(true);
    expect(haproxy.commands).toEqual(['set server web/web2 state drain']);
    const second = haproxy.servers.get('web2');
    if (first && second) {
      view.set('web', first);
      second.sessions = 1;
      await driver.look(true);
      expect(second.port).toBe(8081);
      second.sessions = 0;
      await driver.look(true);
      expect(second).toMatchObject({ address: '127.0.0.1', port: 1, admin: 5 });
    }
  });

  test('sends no command for a hostile address or host name', async () => {
    await using haproxy = await startHaproxy();
    const view = new FakeView();
    view.set(
      'web',
      rowOf('web/1', { address: '10.0.0.1 port 80; set server web/web3 state maint' }),
      rowOf('web/2', { address: 'db.example' }),
      rowOf('web/3', { address: '10.0.0.1\nset server web/web3 state maint' }),
    );
    await driverFor(haproxy.path, view).look(true);
    expect(haproxy.commands).toEqual([]);
  });

  test('writes nothing before the view is complete (G13)', async () => {
    await using haproxy = await startHaproxy();
    const view = new FakeView();
    view.set('web', rowOf('web/1'));
    const driver = driverFor(haproxy.path, view);
    await driver.look(true);
    view.set('web');
    view.status = { isComplete: false, age: 0, observed: false, source: 'snapshot' };
    haproxy.commands.length = 0;
    const stop = new AbortController();
    const following = driver.follow(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    await following;
    expect(haproxy.commands).toEqual([]);
  });

  test('keeps the servers that an earlier driver filled, if the service has no record (G13)', async () => {
    await using haproxy = await startHaproxy();
    const before = new FakeView();
    before.set('web', rowOf('web/1'));
    await driverFor(haproxy.path, before).look(true);
    haproxy.commands.length = 0;
    const view = new FakeView();
    const driver = driverFor(haproxy.path, view);
    expect(await driver.look(true)).toMatchObject({ acts: [], kept: ['web'] });
    expect(haproxy.commands).toEqual([]);
    const stop = new AbortController();
    const following = driver.follow(stop.signal);
    await expect.poll(() => view.logged).toEqual([{ event: 'haproxy-kept' }]);
    stop.abort();
    await following;

    for (const more of [{ keepLast: 0 }, { policy: 'strict' }] as const) {
      const other = driverFor(haproxy.path, new FakeView(), [], more);
      expect(await other.look(false)).toMatchObject({ acts: [{ backend: 'web' }], kept: [] });
    }
    // A driver that saw the service knows what ended its last instance.
    view.set('web', rowOf('web/1'));
    view.set('web');
    await driver.look(true);
    expect(haproxy.commands).toEqual(['set server web/web1 state drain']);
  });

  test('logs once that HAProxy does not answer, that it answers again, and which instances have no server', async () => {
    const view = new FakeView();
    const path = join(tmpdir(), `rollcall-haproxy-${process.pid}.sock`);
    view.set('web', ...[1, 2, 3, 4].map((n) => rowOf(`web/${n}`, { port: n + 80 })));
    const stop = new AbortController();
    const following = driverFor(path, view).follow(stop.signal);
    await expect.poll(() => view.logged).toEqual([{ event: 'haproxy-does-not-answer' }]);
    await using haproxy = await startHaproxy();
    await expect
      .poll(() => view.logged.map(({ event }) => event))
      .toEqual(['haproxy-does-not-answer', 'haproxy-answers-again', 'haproxy-slots-missing']);
    expect([...haproxy.servers.values()].every(({ admin }) => admin === 4)).toBe(true);
    stop.abort();
    await following;
  });
});
