import { expect, test } from 'vitest';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from './support/configured-server.ts';

const withSubscribe = (subscribe: string) => (store: string) =>
  `
jetstream { store_dir: "${store}" }
authorization { users: [
  { user: joe, password: joe, permissions: { publish: ">", subscribe: [${subscribe}] } }
  { user: ann, password: ann }
] }`;

test('an agent that may not subscribe to its subject says so, doctor names it, and it tries again', async () => {
  await using server = await startConfigured(withSubscribe('"_INBOX.>"'));
  const as = (user: string) => ['--servers', server.url, '--user', user, '--password', user];
  await using collector = rollcall(['collector', ...as('ann'), '--host', 'h2', '--json']);
  await collector.line(({ type }) => type === 'sighted');
  await using agent = rollcall([
    ...['agent', ...as('joe'), '--host', 'h1', '--name', 'a', '--json'],
    ...['--log-level', 'info'],
  ]);
  await agent.ready;
  await until('it warns', () => agent.stderr.includes('pings-refused'));
  expect(agent.stderr).toContain('Subscription to \\"rollcall.default.run.h1.a.');
  await using doctor = rollcall(['doctor', ...as('ann'), '--json']);
  await doctor.exited;
  expect(doctor.lines).toContainEqual(
    expect.objectContaining({
      ...{ about: 'pings', level: 'note', what: expect.stringContaining('h1/a') },
    }),
  );
  // The right is granted while the agent is connected: it is not told, and tries again.
  await server.reload(withSubscribe('"_INBOX.>", "rollcall.default.run.h1.>"'));
  await until('it is subscribed', () => agent.stderr.includes('pings-accepted'));
  expect(agent.stderr.match(/pings-refused/g)).toHaveLength(1);
  expect(agent.stderr).not.toContain('reconnected');
});
