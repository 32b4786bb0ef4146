import { expect, it } from 'vitest';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { readLosses } from '../../../src/runtime/operator/read-losses.ts';
import { readRecentLosses } from '../../../src/runtime/operator/recent-losses.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();

const ask = (fleet: TestFleet, line: string) =>
  command([...line.split(' '), '--servers', fleet.url, '--namespace', fleet.namespace], {
    ROLLCALL_HOST: 'desk',
  });

const inAms = ['--zone', 'ams'];

it('shows what a zone lost in every list until it is acknowledged, and a later loss again', async () => {
  await using fleet = await world.fleet();
  const collector = await fleet.collector();
  const [one, two] = [
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }], inAms),
    await fleet.serving(
      'h2',
      'a',
      [
        { service: 'web', id: 'w2' },
        { service: 'db', id: 'd1' },
      ],
      inAms,
    ),
  ];
  await fleet.bystander('h3', 'a', [{ service: 'web', id: 'w3' }]);
  const leaver = await fleet.serving('h4', 'a', [{ service: 'web', id: 'w4' }], inAms);
  leaver.process.kill('SIGTERM');
  await leaver.process.exited;
  const watch = fleet.start(['watch']);
  await watch.line(({ event }) => event === 'view');
  expect((await ask(fleet, 'ps')).out).not.toContain('lost');

  one.process.kill('SIGKILL');
  const begun = await watch.line(({ event }) => event === 'lost');
  const first = { host: 'h1', agent: 'a', run: one.run, instances: [{ service: 'web', id: 'w1' }] };
  expect(begun).toMatchObject({ change: 'begun', zone: 'ams', left: 1, agents: [first] });
  for (const words of ['ps', 'agents', 'hosts']) {
    const { out } = await ask(fleet, words);
    expect(out).toMatch(/lost: zone ams: 1 of 2 agents, 1 instance, removed .*, none back/);
    expect(out).toContain('lost: service web: 1 of 3 instances');
    expect(out).toContain('rollcall lost ack zone:ams');
  }
  const documents = (await ask(fleet, 'ps --json')).documents();
  expect(documents.at(-1)).toMatchObject({ event: 'lost', change: 'there', zone: 'ams', left: 1 });
  expect((await ask(fleet, 'ps -o name')).out).not.toContain('lost');
  expect((await ask(fleet, 'ps db')).out).not.toContain('lost');

  expect(await ask(fleet, 'lost ack zone:ams')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/nothing was changed; .*1 agent and 1 instance, .*: h1\/a/),
  });
  const acknowledged = await ask(fleet, 'lost ack zone:ams --yes --why closed --as alice --json');
  expect(acknowledged.documents()).toMatchObject([
    { event: 'lost', change: 'acknowledged', zone: 'ams', why: 'closed', agents: [first] },
  ]);
  expect(await watch.line(({ event, change }) => event === 'lost' && change === 'ended'));
  expect((await ask(fleet, 'ps')).out).not.toContain('lost');
  expect((await ask(fleet, 'lost ack h1/a --yes')).out).toContain('acknowledged already');
  const listed = (await ask(fleet, 'agents --lost')).out;
  expect(listed).toContain('all of these losses are acknowledged');
  expect(listed).toMatch(/h1\/a .* yes$/m);
  const [row, service] = (await ask(fleet, 'lost --json')).documents();
  expect(row).toMatchObject({ host: 'h1', drained: null });
  expect(row?.['acknowledged']).toEqual({
    ...{ until: row?.['since'], untilIso: row?.['sinceIso'], why: 'closed' },
  });
  expect(service).toBeUndefined();
  expect((await ask(fleet, 'lost ack zone:fra --yes')).err).toContain(
    "no agent is lost at 'zone:fra'",
  );
  const { out: audited } = await ask(fleet, 'audit show policy');
  expect(audited).toMatch(/desk\/alice/);
  expect(audited).toContain('losses of zone ams until');

  two.process.kill('SIGKILL');
  await watch.line(
    ({ event, agents }) => event === 'lost' && JSON.stringify(agents).includes('"h2"'),
  );
  expect((await ask(fleet, 'ps')).out).toMatch(
    /lost: zone ams: 1 of 2 agents, 2 instances, .*, none back, 1 more acknowledged/,
  );
  const recent = await readRecentLosses(fleet.store, AbortSignal.timeout(9000), systemHash);
  const whole = await readLosses(fleet.store.audit, AbortSignal.timeout(9000));
  expect(recent.lost()).toEqual(whole.lost());
  await fleet.serving('h2', 'a', [{ service: 'web', id: 'w2' }], inAms);
  await until('the agent is back', async () => !(await ask(fleet, 'ps')).out.includes('lost'));
  expect((await ask(fleet, 'audit verify')).code).toBe(0);
  expect(collector.lines.length).toBeGreaterThan(0);
});

it('says of a lost agent who drained its host, and which services have no live instance', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const gone = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await fleet.serving('h2', 'a', [{ service: 'web', id: 'w2' }]);
  const leaver = await fleet.serving('h3', 'a', [{ service: 'web', id: 'w3' }]);
  for (const host of ['h1', 'h2', 'h3'])
    expect(await ask(fleet, `drain ${host} --why closed --as alice`)).toMatchObject({ code: 0 });
  leaver.process.kill('SIGTERM');
  await leaver.process.exited;
  gone.process.kill('SIGKILL');
  const lost = async () => (await ask(fleet, 'lost --json')).documents();
  await until('the drained host is lost', async () => {
    const [row] = await lost();
    return row?.['host'] === 'h1' && JSON.stringify(row['instances']).includes('w1');
  });
  expect(await lost()).toMatchObject([
    { host: 'h1', drained: { by: 'desk/alice', why: 'closed' }, acknowledged: null },
    { event: 'service', service: 'web', lost: 1, left: 1, noneLive: false },
  ]);
  expect((await ask(fleet, 'lost')).out).toMatch(/h1\/a .* web\/w1 +by alice$/m);
});
