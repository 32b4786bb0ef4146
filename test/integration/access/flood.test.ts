import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { recordLimits } from '../../../src/domain/records/record-budget.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startAccessServer } from './support/access-server.ts';

const size = recordLimits.record - 1000;
const most = Math.ceil(recordLimits.host / size) + 20;

it('a host that writes without measure is left out by readers, which name it, and does not disturb others', async () => {
  const members = ['agent h1', 'agent h2', 'auditor a', 'collector w'];
  await using server = await startAccessServer(members);
  await using running = new AsyncDisposableStack();
  const start = (
    role: 'agent' | 'auditor' | 'collector' | 'deploy',
    name: string,
    args: string[],
  ) => running.use(rollcall([...args, '--login', server.login(role, name), '--json']));
  await start('deploy', 'deploy', ['namespace', 'create']).exited;
  const collector = start('collector', 'w', ['collector', '--host', 'w']);
  const agent = start('agent', 'h2', ['agent', '--name', 'a']);
  await Promise.all([collector.ready, agent.ready]);

  const seed = await readFile(join(server.login('agent', 'h1'), 'user.nk'), 'utf8');
  const attacker = await connect({
    servers: server.url,
    inboxPrefix: '_INBOX_agent-h1',
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed.trim())),
  });
  const put = (n: number, length: number) =>
    attacker.request(`$KV.rollcall_fleet_registry.instance.h1.evil.s.${n}`, 'x'.repeat(length));
  for (let n = 0; n < most; n += 1) await put(n, size);
  await put(0, recordLimits.record + 1);
  await attacker.close();

  await until('the collector names the host', () =>
    /"host":"h1".*records-left-out/.test(collector.stderr),
  );
  const doctor = start('auditor', 'a', ['doctor']);
  expect(await doctor.exited).toBe(1);
  const found = doctor.lines
    .filter(({ about }) => about === 'records')
    .map((one) => `${one['what']}`);
  expect(found[0]).toMatch(/^host h1 has more than its agents may write: \d+ records left out/);
  expect(found.length).toBeLessThan(25);
  const agents = start('auditor', 'a', ['agents']);
  await agents.exited;
  expect(agents.lines).toMatchObject([{ host: 'h2', state: 'live' }]);
  expect(collector.lines.at(-1)).not.toMatchObject({ event: 'error' });
});
