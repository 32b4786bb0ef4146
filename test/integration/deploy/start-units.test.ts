import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { notifySocketIn } from '../surroundings/support/notify-socket.ts';

const values = (unit: string, key: string) =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

/** The environment and the command of a unit as it ships, for the instance `shop`, below a folder. */
async function startOf(name: string, folder: string, server: string) {
  const text = await readFile(new URL(`../../../deploy/systemd/${name}`, import.meta.url), 'utf8');
  const unit = text
    .replaceAll('/etc/rollcall', folder)
    .replaceAll('%i', 'shop')
    .replaceAll('%S', join(folder, 'state'))
    .replaceAll('%C', join(folder, 'cache'));
  const [command = ''] = values(unit, 'ExecStart');
  const [program, ...args] = command.split(' ');
  expect(program).toBe('/usr/bin/rollcall');
  const set = values(unit, 'Environment').map((line) => line.split('='));
  await writeFile(join(folder, 'rollcall.env'), `NATS_URL=${server}\nROLLCALL_NAMESPACE=units\n`);
  await writeFile(
    join(folder, 'shop.yaml'),
    'instances: [{ service: web, id: web-1, port: 8080 }]\n',
  );
  const files = values(unit, 'EnvironmentFile').map((file) => file.replace(/^-/, ''));
  const lines = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const fromFiles = lines.join('').trim().split('\n');
  const env = Object.fromEntries([...set, ...fromFiles.map((line) => line.split('='))]);
  const directory = { STATE_DIRECTORY: join(folder, 'state', 'rollcall'), HOME: undefined };
  return { args, env: { ...env, ...directory } };
}

test.each(['rollcall-agent@.service', 'rollcall-collector.service', 'rollcall-up.service'])(
  '%s starts as systemd starts it, reports that it is ready, and stops',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-unit-'));
    await chmod(folder, 0o700);
    try {
      await using server = await startTestServer();
      const { args, env } = await startOf(name, folder, server.url);
      await using socket = await notifySocketIn(folder, 'notify');
      const own = name.includes('up') ? ['--port', '0', '--dashboard-port', '0'] : [];
      const { ROLLCALL_NATS_SERVER } = process.env;
      await using service = rollcall([...args, ...own], {
        ...{ ...env, ROLLCALL_NATS_SERVER, NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '30000000' },
      });
      await until(
        'it is ready',
        () => socket.told().some((line) => line.startsWith('READY=1')),
        90_000,
      );
      service.kill('SIGTERM');
      expect(await service.exited).toBe(0);
      expect(socket.told().at(-1)).toBe('STOPPING=1');
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    }
  },
);
