import { expect, it } from 'vitest';
import { TestFleet, timing } from '../harness/fleet.ts';
import { throughout, until } from '../harness/until.ts';
import { startAccessServer } from './support/access-server.ts';
import { loginsOf } from './support/fleet-logins.ts';

const members = ['agent h1', 'agent h2', 'collector w', 'auditor a'];

const modes = [
  { mode: 'accounts in the configuration', jwt: false },
  { mode: 'operator mode', jwt: true },
];

it.each(modes)(
  'with logins of rollcall access ($mode), a killed, a frozen, a replaced and a leaving agent and an outage end as promised',
  async ({ jwt }) => {
    await using server = await startAccessServer(members, { jwt });
    const logins = await loginsOf(server);
    await using fleet = await TestFleet.open(server.url, 1, 'fleet', logins);
    const watcher = await fleet.collector();
    const other = await fleet.bystander('h2', 'b', [{ service: 'web', id: 'w0' }]);
    const others = ['agent.h2.b', 'instance.h2.b.web.w0'];
    await watcher.line((line) => line['type'] === 'sighted');
    const before = await fleet.records();

    const killed = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    killed.process.kill('SIGKILL');
    await until('w1 is dubious', () => fleet.row('web', 'w1')?.state === 'dubious');
    await fleet.standing(...others);

    const frozen = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    frozen.process.kill('SIGSTOP');
    await fleet.standing(...others);
    frozen.process.kill('SIGCONT');
    await fleet.standing(...others, 'agent.h1.a', 'instance.h1.a.web.w1');
    expect(fleet.directory.agents().map(({ run }) => run)).not.toContain(frozen.run);

    const next = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }], ['--takeover']);
    await frozen.process.exited;
    await until('the next run is live', () =>
      fleet.directory.agents().some(({ run, state }) => run === next.run && state === 'live'),
    );
    next.process.kill('SIGTERM');
    expect(await next.process.exited).toBe(0);
    await fleet.standing(...others);

    const last = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    server.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 2 * timing.ttl + timing.grace));
    server.kill('SIGCONT');
    await throughout(
      'no run is expired',
      () => fleet.directory.agents().every(({ state }) => state !== 'expired'),
      2 * (timing.ttl + timing.grace),
    );
    const runs = fleet.directory.agents().map(({ run }) => run);
    expect(runs.sort()).toEqual([other.run, last.run].sort());

    const after = await fleet.records();
    for (const key of others) expect(after.get(key), key).toEqual(before.get(key));
    const history = await fleet.history();
    const expired = history.filter((e) => e.event.type === 'expired').map((e) => e.of.run);
    expect(expired.sort()).toEqual([killed.run, frozen.run].sort());
    const verify = fleet.start(['audit', 'verify']);
    expect(`${await verify.exited} ${verify.stderr}`).toBe('0 ');
    expect(server.log.split('\n').filter((line) => line.includes('Violation'))).toEqual([]);
  },
);
