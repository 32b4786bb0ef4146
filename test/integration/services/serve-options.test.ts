import { Resolver } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { runInProcess } from '../cli/support/run-in-process.ts';
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
  const web = { service: 'web', id: '1', address: '10.0.0.7', port: 8080 };
  await fleet.serving('h1', 'a', [web], ['--ttl', '15s', '--grace', '30s']);
});
afterAll(() => stack.disposeAsync());

const token = 'a-token-of-24-characters';

describe('rollcall serve', () => {
  test('answers in the zone of --zone, with the time to live of --dns-ttl, and writes metrics', async () => {
    const [port = 0, metrics = 0] = await freePorts(2);
    const dns = ['--dns', `${port}`, '--zone', 'Example.Test.', '--dns-ttl', '7s'];
    const more = ['--policy', 'any', '--keep-last', '0', '--metrics', `${metrics}`];
    await using serve = runInProcess(fleet, ['serve', ...dns, ...more]);
    await until('it is complete', () => serve.out.join('\n').includes('complete (store)'));
    expect(serve.out[0]).toBe(`● DNS at 127.0.0.1:${port}, zone example.test`);
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('web.service.example.test', { ttl: true })).toEqual([
      { address: '10.0.0.7', ttl: 7 },
    ]);
    await expect(resolver.resolve4('web.service.rollcall')).rejects.toMatchObject({
      code: 'EREFUSED',
    });
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(text).toContain('rollcall_door_requests_total{door="dns",outcome="refused"} 1');
  });

  test('answers other machines only with --token-file or --insecure, and only under --host-name', async () => {
    const file = join(folder, 'token');
    await writeFile(file, `${token}\n`);
    const [port = 0] = await freePorts(1);
    const everywhere = ['serve', '--json', '--http', `0.0.0.0:${port}`];
    await expect(runInProcess(fleet, everywhere).ended).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('--token-file'),
    });
    const url = `http://127.0.0.1:${port}/v1/services`;
    const ask = async (headers: Record<string, string> = {}) =>
      (await fetch(url, { headers })).status;
    {
      const guarded = [...everywhere, '--token-file', file];
      await using serve = runInProcess(fleet, guarded);
      await until('it is complete', () => serve.out.some((line) => line.includes('"ready"')));
      expect(await ask()).toBe(401);
      expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
    }
    await using serve = runInProcess(fleet, [...everywhere, '--insecure']);
    await until('it is complete', () => serve.out.some((line) => line.includes('"ready"')));
    expect(await ask()).toBe(200);
  });

  test('needs --dns-allow to answer DNS for other machines, with networks that can be read', async () => {
    const everywhere = ['serve', '--dns', '0.0.0.0:0'];
    await expect(runInProcess(fleet, everywhere).ended).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('--dns-allow'),
    });
    const wrong = runInProcess(fleet, [...everywhere, '--dns-allow', '10.0.0.0/33']);
    await expect(wrong.ended).rejects.toMatchObject({ code: 'bad-setting' });
    const [port = 0] = await freePorts(1);
    const allowed = ['serve', '--dns', `0.0.0.0:${port}`, '--dns-allow', '10.0.0.0/8'];
    await using serve = runInProcess(fleet, allowed);
    await until('it is complete', () => serve.out.join('\n').includes('complete (store)'));
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('web.service.rollcall')).toEqual(['10.0.0.7']);
  });

  test('says what it needs without a door, under --json as one error', async () => {
    const bare = runInProcess(fleet, ['serve']);
    expect(await bare.ended).toBe(2);
    expect(bare.err.join('\n')).toContain('rollcall serve needs --dns or --http');
    const machine = runInProcess(fleet, ['serve', '--json']);
    expect(await machine.ended).toBe(2);
    expect(machine.err.map((line) => JSON.parse(line))).toMatchObject([
      { code: 'bad-usage', message: 'rollcall serve needs --dns or --http' },
    ]);
  });
});
