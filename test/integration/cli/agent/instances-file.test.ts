import { open, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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
});
