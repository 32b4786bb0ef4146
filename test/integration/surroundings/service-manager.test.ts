import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { notifySocketIn } from './support/notify-socket.ts';

const server = await startTestServer();
const folder = await mkdtemp(join(tmpdir(), 'rollcall-notify-'));
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

let sockets = 0;
const notifySocket = () => {
  sockets += 1;
  return notifySocketIn(folder, `notify-${sockets}`);
};

const inFleet = (...args: readonly string[]) => [...args, '--servers', server.url, '--json'];
const shop = inFleet('agent', '--host', 'h1', '--name', 'shop');

describe('systemd', () => {
  test.each([
    ['an agent', shop, 'READY=1 STATUS=h1/shop is registered'],
    ['a collector', inFleet('collector', '--host', 'h1'), 'READY=1 STATUS=collecting'],
    [
      'a wrapped process',
      [...inFleet('run', '--host', 'h1', '--service', 'web'), '--', 'sleep', '60'],
      expect.stringMatching(/^READY=1 STATUS=process \d+$/),
    ],
  ])('gets a notification when %s is ready and when it stops', async (_what, args, ready) => {
    await using socket = await notifySocket();
    await using daemon = rollcall(args, { NOTIFY_SOCKET: socket.path });
    await until('it is ready', () => socket.told().length > 0, 90_000);
    expect(socket.told()).toEqual([ready]);
    daemon.kill('SIGTERM');
    await daemon.exited;
    expect(socket.told()).toEqual([ready, 'STOPPING=1']);
    expect(daemon.stderr).toBe('');
  });

  test('gets the watchdog signal of an agent at half of the allowed time', async () => {
    await using socket = await notifySocket();
    const watchdog = { WATCHDOG_USEC: '1000000', NOTIFY_SOCKET: socket.path };
    await using agent = rollcall(shop, watchdog);
    await agent.ready;
    const pings = () => socket.heard.filter((line) => line === 'WATCHDOG=1').length;
    await until('it pings', () => pings() >= 2);
    agent.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const before = pings();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(pings()).toBe(before);
  });

  test('gets no notification of a process that is not the named one of the unit', async () => {
    await using socket = await notifySocket();
    const env = { WATCHDOG_USEC: '200000', WATCHDOG_PID: '1', NOTIFY_SOCKET: socket.path };
    await using _agent = rollcall(shop, env);
    await until('it is ready', () => socket.told().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(socket.heard.filter((line) => line === 'WATCHDOG=1')).toEqual([]);
  });

  test('does not reach the wrapped process', async () => {
    await using socket = await notifySocket();
    const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' };
    const print = ['sh', '-c', 'env | grep -c -E "^(NOTIFY|WATCHDOG)" >&2; true'];
    const args = [...inFleet('run', '--host', 'h1', '--service', 'web'), '--', ...print];
    await using run = rollcall(args, env);
    expect(await run.exited).toBe(0);
    expect(run.stderr.trim().split('\n').at(-1)).toBe('0');
  });

  test('that cannot be notified is reported once, and the agent keeps running', async () => {
    await using agent = rollcall(shop, {
      ...{ NOTIFY_SOCKET: join(folder, 'nobody'), WATCHDOG_USEC: '400000' },
    });
    await agent.ready;
    await until('it complains', () => agent.stderr.includes('cannot be notified'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(agent.stderr.match(/cannot be notified/g)).toHaveLength(1);
    agent.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
  });
});

/** Ports on which a process listens, from the kernel. */
async function listeningPorts(pid: number): Promise<readonly number[]> {
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8');
  return table.split('\n').flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === '0A' ? [Number.parseInt(local?.split(':')[1] ?? '', 16)] : [];
  });
}

describe('the debugger of Node', () => {
  test.each([
    ['an agent', shop],
    ['a collector', inFleet('collector', '--host', 'h1')],
    [
      'a wrapped process',
      [...inFleet('run', '--host', 'h1', '--service', 'db'), '--', 'sleep', '9'],
    ],
  ])('is not opened in %s by SIGUSR1', async (_what, args) => {
    await using daemon = rollcall(args);
    await daemon.ready;
    const before = await listeningPorts(daemon.pid);
    daemon.kill('SIGUSR1');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(daemon.stderr).not.toContain('Debugger');
    const opened = (await listeningPorts(daemon.pid)).filter((port) => !before.includes(port));
    expect(opened).not.toContain(9229);
  });

  test('that NODE_OPTIONS opens is reported', async () => {
    await using agent = rollcall(shop, { NODE_OPTIONS: '--inspect=127.0.0.1:0' });
    await agent.ready;
    expect(agent.stderr).toContain('a debugger is open at ws://127.0.0.1:');
  });
});

test('rollcall run as process 1 reports that it does not collect orphans', async () => {
  const main = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
  // A grandchild whose parent ends at once becomes an orphan, and then ends too.
  const orphan = ['sh', '-c', '(sleep 0.2 & ) ; exec sleep 60'];
  const command = [...inFleet('run', '--host', 'h1', '--service', 'pid1'), '--', ...orphan];
  const child = spawn(
    'unshare',
    [
      '--user',
      '--map-root-user',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      process.execPath,
      main,
      ...command,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], HOME: folder } },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'close');
  try {
    await until('it reports', () => stderr.includes('docker run --init'), 40_000);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
});
