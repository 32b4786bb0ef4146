import { expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();

test('a drained host gets no traffic until the drain ends by itself, and the audit verifies', async () => {
  await using fleet = await world.fleet();
  const ask = (...args: readonly string[]) =>
    command([...args, '--servers', fleet.url, '--namespace', fleet.namespace], {
      ROLLCALL_HOST: 'desk',
    });
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  const drained = await ask('drain', 'h1', '--for', '2s', '--reason', 'new disk', '--as', 'alice');
  expect([drained.code, drained.out]).toEqual([
    0,
    expect.stringMatching(
      /^h1 is drained until .*: new disk\n[\s\S]*web\/w1[\s\S]*rollcall undrain h1/,
    ),
  ]);
  await until('the consumer sees the drain', () => fleet.row('web', 'w1')?.state === 'draining');
  expect(fleet.row('web', 'w1')?.drain).toMatchObject({ by: 'desk/alice', why: 'new disk' });
  await until('the drain has ended', () => fleet.row('web', 'w1')?.state === 'live');

  expect(await ask('drain', 'web/w1', '--as', 'bob')).toMatchObject({ code: 0 });
  const { out: rows } = await ask('ps');
  expect(rows).toMatch(/web\/w1 +◒ draining +drained by bob/);
  const { out: why } = await ask('why', 'web/w1');
  expect(why.replaceAll('\n', ' ')).toMatch(/desk\/bob drains it; .*rollcall undrain web\/w1/);
  expect((await ask('doctor')).out).toContain('web/w1 is drained by bob');
  const mistaken = await ask('drain', 'h1/a');
  expect([mistaken.code, mistaken.err]).toEqual([
    1,
    expect.stringContaining('to drain its host: rollcall drain h1'),
  ]);
  expect((await ask('undrain', 'h1/a')).err).toContain('is not drained');
  expect((await ask('drain', 'h1/a', '--ahead')).out).toContain('to drain its host');
  expect(await ask('undrain', 'h1/a')).toMatchObject({ code: 0 });
  expect((await ask('undrain', 'h1')).err).toContain('h1 is not drained');
  expect(await ask('undrain', 'web/w1')).toMatchObject({ code: 0 });
  const shown = await ask('audit', 'show', 'drain:h1', '--json');
  expect(shown.documents().map(({ event }) => event)).toMatchObject([
    { type: 'planned' },
    { type: 'ran-out' },
  ]);
  expect(await ask('audit', 'verify')).toMatchObject({ code: 0 });
});
