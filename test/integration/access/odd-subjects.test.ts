import { expect, it } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startAccessServer } from './support/access-server.ts';
import { connectAs } from './support/connect-as.ts';

const names = subjectNamesOf(Namespace.parse('fleet'));

it('keys and events with wildcards in their subjects, which the server accepts, stop no collector, and audit verify names each', async () => {
  await using server = await startAccessServer([
    'agent h1',
    'agent h2',
    'collector w',
    'auditor a',
  ]);
  await using running = new AsyncDisposableStack();
  const start = (login: string, ...args: readonly string[]) =>
    running.use(rollcall([...args, '--login', login, '--json']));
  const done = async (login: string, ...args: readonly string[]) => {
    const one = start(login, ...args);
    return { code: await one.exited, err: one.stderr, lines: one.lines };
  };
  await start(server.login('deploy'), 'namespace', 'create').exited;
  const collector = start(server.login('collector', 'w'), 'collector', '--host', 'w');
  const lease = ['--ttl', '2s', '--grace', '1s'];
  const victim = start(server.login('agent', 'h2'), 'agent', '--name', 'a', ...lease);
  await Promise.all([collector.ready, victim.ready]);

  const attacker = await connectAs(server, 'agent', 'h1');
  const { prefix } = names.registry;
  const odd = [
    ...['*.r.1', 'a.*.2', 'a.r.*', '*.r.web.1.1'].map((rest) => `${names.eventPrefix}h1.${rest}`),
    ...['agent.h1.*', 'instance.h1.>', 'instance.h1.*.*.*'].map((rest) => prefix + rest),
    ...['run.h1.>', 'run.h1.*.*'].map((rest) => names.leases.prefix + rest),
  ];
  for (const subject of odd) {
    const answer = (await attacker.request(subject, '{"v":1}')).string();
    expect(answer, subject).toContain('"seq"');
  }
  victim.kill('SIGKILL');
  await until(
    'the victim is collected',
    async () => (await done('agents')).lines.length === 0,
    60_000,
  );
  // The last event of the audit is now one with a wildcard.
  await attacker.request(`${names.eventPrefix}h1.*.r.9`, '{"v":1}');
  const judge = await connectAs(server, 'collector', 'w');
  const waiting = async () => {
    const what = `$JS.API.STREAM.INFO.${names.registry.stream}`;
    const request = JSON.stringify({ subjects_filter: `${names.eventPrefix}>` });
    return Object.keys((await judge.request(what, request)).json<Info>().state.subjects ?? {});
  };
  await until('the outbox is trimmed', async () => (await waiting()).length <= 1, 60_000);
  const verified = await done(server.login('auditor', 'a'), 'audit', 'verify');
  const named = verified.lines.flatMap(({ check, entity }) =>
    check ? [`${check} ${entity}`] : [],
  );
  expect(named.sort()).toEqual([
    'illegible h1.*.r.1',
    'illegible h1.*.r.9',
    'illegible h1.*.r.web.1.1',
    'illegible h1.a.*.2',
    'illegible h1.a.r.*',
    'registry agent.h1.*',
    'registry instance.h1.*.*.*',
    'registry instance.h1.>',
  ]);
  await Promise.all([attacker.close(), judge.close()]);
});

interface Info {
  readonly state: { readonly subjects?: object };
}
