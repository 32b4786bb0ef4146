import { open, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { samplesIn } from '../../../adapters/metrics/samples.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const ids = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'];
const lineOf = (id: string): string => `  - { service: web, id: ${id} }\n`;
const fileOf = (listed: readonly string[]): string => `instances:\n${listed.map(lineOf).join('')}`;

describe('an instances file', () => {
  it('that is written line by line removes no instance', async () => {
    await using fleet = await world.fleet();
    const file = await fleet.instancesFile([]);
    await writeFile(file, fileOf(ids));
    const words = ['--host', 'h1', '--name', 'a', '--ttl', '15s', '--instances', file];
    await using agent = fleet.start(['agent', ...words]);
    await agent.ready;
    await until('all are registered', () => fleet.directory.instances('web').length === ids.length);
    const handle = await open(file, 'w');
    await handle.write('instances:\n');
    for (const id of ids) {
      await pause(150);
      await handle.write(lineOf(id));
    }
    await handle.close();
    await pause(5000);
    expect(fleet.told.filter(({ now }) => now === undefined)).toEqual([]);
    await writeFile(file, fileOf(ids.slice(1)));
    await until('w1 is removed', () => fleet.row('web', 'w1') === undefined, 30_000);
    expect(fleet.directory.instances('web')).toHaveLength(ids.length - 1);
  });

  it('with one instance that is too large registers the others, and names it', async () => {
    await using fleet = await world.fleet();
    const file = await fleet.instancesFile([]);
    await writeFile(file, fileOf(ids));
    const words = ['--host', 'h1', '--name', 'a', '--ttl', '15s', '--instances', file];
    await using agent = fleet.start(['agent', ...words]);
    await agent.ready;
    const large = `  - { service: web, id: large, labels: { note: ${'x'.repeat(1_200_000)} } }\n`;
    await writeFile(file, `${fileOf([...ids, 'w7'])}${large}`);
    await until('w7 is registered', () => fleet.row('web', 'w7') !== undefined, 30_000);
    await until('the large one is named', () => agent.stderr.includes('instance-too-large'));
    expect(agent.stderr).toContain('large');
    expect(fleet.directory.instances('web')).toHaveLength(ids.length + 1);
    agent.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
  });

  it('with an error keeps the last valid content, and metrics and /readyz show it until it is valid', async () => {
    await using fleet = await world.fleet();
    const file = await fleet.instancesFile([]);
    await writeFile(file, fileOf(['w1', 'w2']));
    const words = ['--host', 'h1', '--name', 'a', '--ttl', '15s', '--instances', file];
    await using agent = fleet.start(['agent', ...words, '--metrics', '0']);
    const url = String((await agent.ready)['metrics']);
    const gauge = 'rollcall_instances_file_invalid_timestamp_seconds';
    const since = async () => samplesIn(await (await fetch(url)).text()).get(gauge);
    const readiness = async () => {
      const response = await fetch(new URL('/readyz', url));
      return `${response.status} ${await response.text()}`;
    };
    await until('it is ready', async () => (await readiness()) === '200 ok\n');
    const before = Date.now() / 1000;
    await writeFile(file, `${fileOf(['w1', 'w3'])}  - { service: web, port: many }\n`);
    await until('the metric shows the error', async () => ((await since()) ?? 0) >= before);
    const first = await since();
    expect(await readiness()).toMatch(
      /^200 ok\nwarning: the instances file has an error since \d{4}-.*, and its last valid content stays registered: .*port/,
    );
    // Another error: what is registered is as old as it was.
    await writeFile(file, 'instances: 7\n');
    await until('the other error is named', async () => (await readiness()).includes('instances:'));
    expect(await since()).toBe(first);
    expect(
      fleet.directory
        .instances('web')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['w1', 'w2']);
    await writeFile(file, fileOf(['w1', 'w2', 'w3']));
    await until('w3 is registered', () => fleet.row('web', 'w3') !== undefined);
    expect(await since()).toBe(0);
    expect(await readiness()).toBe('200 ok\n');
  });
});
