import { describe, expect, it } from 'vitest';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command, shell } from './support/run-command.ts';

const world = withServer();

const ask = (fleet: TestFleet, line: string) =>
  command([...line.split(' '), '--servers', fleet.url, '--namespace', fleet.namespace]);

async function watchedFleet() {
  const fleet = await world.fleet();
  await fleet.collector();
  await fleet.serving('h1', 'a', [
    { service: 'web', id: 'w1', port: 8080 },
    { service: 'db', id: 'd1' },
  ]);
  await until('all are live', () =>
    fleet.directory.instances().every((row) => row.state === 'live'),
  );
  return fleet;
}

describe('the views of the registry', () => {
  it('are documents in the shapes that scripts rely on: ps, agents and hosts', async () => {
    await using fleet = await watchedFleet();
    const ps = await ask(fleet, 'ps --json');
    expect(ps.documents()).toEqual(
      fleet.directory
        .instances()
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((row) => ({ ...row, sinceIso: new Date(row.since).toISOString() })),
    );
    expect(ps.documents()[1]).toEqual({
      service: 'web',
      id: 'w1',
      host: 'h1',
      agent: 'a',
      run: expect.stringMatching(/^[0-9a-z]{26}$/),
      token: expect.any(Number),
      term: expect.any(Number),
      state: 'live',
      reason: null,
      since: expect.any(Number),
      sinceIso: expect.stringMatching(/^20..-.*Z$/),
      // No address was given: that of this host.
      address: expect.stringMatching(/^[\da-f.:]+$/),
      port: 8080,
      labels: {},
      health: { state: 'serving', detail: null },
      revision: expect.any(Number),
      successor: null,
    });
    const agents = await ask(fleet, 'agents --json');
    expect(agents.documents()).toEqual([
      {
        host: 'h1',
        agent: 'a',
        run: ps.documents()[1]?.['run'],
        term: ps.documents()[1]?.['term'],
        state: 'live',
        reason: null,
        since: expect.any(Number),
        sinceIso: expect.stringMatching(/^20..-.*Z$/),
        ttl: 2000,
        instances: 2,
        revision: expect.any(Number),
      },
    ]);
    const hosts = await ask(fleet, 'hosts --json');
    const { since, sinceIso } = agents.documents()[0] ?? {};
    expect(hosts.documents()).toEqual([
      {
        host: 'h1',
        state: 'live',
        reason: null,
        since,
        sinceIso,
        agents: { live: 1 },
        instances: { live: 2 },
      },
    ]);
    expect([ps, agents, hosts].map(({ code, err }) => [code, err])).toEqual(Array(3).fill([0, '']));
  });

  it('show with ps and a policy what a consumer with this policy gets', async () => {
    await using fleet = await watchedFleet();
    const more = ['w2', 'w3'].map((id) => ({ service: 'web', id }));
    const { process } = await fleet.serving('h2', 'a', more, ['--grace', '60s']);
    process.kill('SIGSTOP');
    const dubious = () =>
      fleet.directory.instances('web').filter(({ state }) => state === 'dubious').length;
    await until('h2 is silent', () => dubious() === 2);
    const handed = async (policy: string) => {
      const { documents } = await ask(fleet, `ps --json --policy ${policy}`);
      return documents().map(({ id, state }) => `${id} ${state}`);
    };
    expect(await handed('strict')).toEqual(['d1 live', 'w1 live']);
    expect(await handed('prefer-live')).toEqual(['d1 live', 'w1 live', 'w2 dubious', 'w3 dubious']);
    const { out } = await ask(fleet, 'ps --policy strict --service web');
    expect(out).toContain("1 selected by 'strict' of 3 instances of service 'web'");
    expect(await ask(fleet, 'ps --policy best')).toMatchObject({
      code: 2,
      err: expect.stringContaining('strict, prefer-live or any'),
    });
  });

  it('are a table with the age of the view in ps for people', async () => {
    await using fleet = await watchedFleet();
    const { out, err } = await ask(fleet, 'ps');
    expect(err).toBe('');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^INSTANCE +STATE +SINCE +ADDRESS +AGENT$/);
    expect(lines[2]).toMatch(/^web\/w1 +● live +(<1|\d+) s +[\da-f.:]+:8080 +h1\/a$/);
    expect(lines[4]).toMatch(/^2 instances; the view is <?\d+ s old$/);
    expect(out).not.toContain('unobserved');
  });

  it('count what a filter leaves, and all of them', async () => {
    await using fleet = await watchedFleet();
    await fleet.serving('h2', 'b', [{ service: 'db', id: 'd2' }]);
    for (const [words, count] of [
      ['ps --filter service:web', '1 of 3 instances'],
      ['ps --filter -state:live', '0 of 3 instances'],
      ['ps db --filter host:h2', "1 of 2 instances of service 'db'"],
      ['ps --policy any --filter host:h2', "1 of 3 selected by 'any' of 3 instances"],
      ['agents --filter host:h2', '1 of 2 agents'],
      ['hosts --filter -host:h2', '1 of 2 hosts'],
    ] as const) {
      expect((await ask(fleet, words)).out).toContain(`${count}; the view is`);
    }
  });

  it('show only the given service with ps --service, and report if there is none', async () => {
    await using fleet = await watchedFleet();
    const { documents } = await ask(fleet, 'ps --service db --json');
    expect(documents().map(({ id }) => id)).toEqual(['d1']);
    const { code, out } = await ask(fleet, 'ps --service nope');
    expect(code).toBe(0);
    expect(out).toContain(
      `no instance of service 'nope' is registered in namespace '${fleet.namespace}'`,
    );
  });

  it('are all in doubt without a collector, and give the reason', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    for (const words of ['ps', 'agents', 'hosts']) {
      const { out } = await ask(fleet, words);
      expect(out).toContain('unobserved: no collector is active');
      expect(out).toContain('rollcall collector');
    }
    expect((await ask(fleet, 'ps --json')).documents()).toMatchObject([
      { state: 'dubious', reason: 'unobserved' },
    ]);
  });

  it('explain the next step if the fleet is empty', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    for (const [words, what] of [
      ['ps', 'no instance is registered'],
      ['agents', 'no agent is registered'],
      ['hosts', 'no host has an agent'],
    ]) {
      const { code, out } = await ask(fleet, words ?? '');
      expect(code).toBe(0);
      expect(out).toContain(what);
      expect(out).toContain('rollcall agent --name NAME');
    }
  });

  it('do not create a namespace that does not exist', async () => {
    const { url } = world.server;
    for (const line of ['ps', 'agents', 'audit tail', 'audit show h1/a']) {
      const words = [...line.split(' '), '--servers', url, '--namespace', 'tpyo'];
      const { code, err } = await command(words);
      expect([line, code]).toEqual([line, 1]);
      expect(err).toContain("there is no namespace 'tpyo'");
    }
  });

  it('keep hostile labels and details from the terminal, and whole in JSON', async () => {
    await using fleet = await world.fleet();
    const nasty = 'a\u001b[2J\u202eb\nc';
    const instance = { service: 'web', id: 'w1', address: nasty, labels: { [nasty]: nasty } };
    await fleet.serving('h1', 'a', [instance]);
    const { out } = await ask(fleet, 'ps');
    expect(out).toContain('a\\x1b[2J');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
    expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    const { documents } = await ask(fleet, 'ps --json');
    expect(documents()).toMatchObject([{ address: nasty, labels: { [nasty]: nasty } }]);
  });

  it('do not fail if the reader closes the pipe', async () => {
    await using fleet = await watchedFleet();
    for (const words of ['ps --json', 'audit tail --from start --json', 'agents', '--help']) {
      const line = `rollcall ${words} --namespace ${fleet.namespace} | head -c 5`;
      const { code, err } = await shell(line, fleet.url);
      expect([words, code, err]).toEqual([words, 0, '']);
    }
  });
});

describe('rollcall watch', () => {
  it('prints the present rows first, then every change', async () => {
    await using fleet = await watchedFleet();
    const watch = fleet.start(['watch', '--service', 'web']);
    const there = await watch.line(({ change }) => change === 'there');
    expect(there).toMatchObject({ event: 'instance', service: 'web', id: 'w1', state: 'live' });
    expect(await watch.line(({ event }) => event === 'view')).toMatchObject({
      observed: true,
      stale: false,
    });
    const late = await fleet.serving('h2', 'b', [
      { service: 'web', id: 'w2' },
      { service: 'db', id: 'd2' },
    ]);
    await watch.line(({ change, id }) => change === 'appeared' && id === 'w2');
    late.process.kill('SIGKILL');
    const changed = await watch.line(({ change, id }) => change === 'changed' && id === 'w2');
    expect(changed).toMatchObject({
      was: { state: 'live', reason: null },
      state: 'dubious',
      reason: expect.stringMatching(/silent|unreachable/),
      at: expect.any(Number),
    });
    const gone = await watch.line(({ change, id }) => change === 'gone' && id === 'w2');
    expect(gone).toMatchObject({ was: { state: 'dubious' } });
    expect(watch.lines.filter(({ service }) => service === 'db')).toEqual([]);
    watch.kill('SIGINT');
    expect(await watch.exited).toBe(0);
  });

  it('reports when no collector is active any more', async () => {
    await using fleet = await world.fleet();
    const collector = await fleet.collector();
    const watch = fleet.start(['watch']);
    await watch.line(({ event, observed }) => event === 'view' && observed === true);
    collector.kill('SIGTERM');
    await watch.line(({ event, observed }) => event === 'view' && observed === false);
  });

  it('ends without an error when its reader closes the pipe', async () => {
    await using fleet = await watchedFleet();
    const flags = `--json --namespace ${fleet.namespace}`;
    const watching = shell(`rollcall watch ${flags} | head -1`, fleet.url);
    const other = await fleet.serving('h9', 'z', [{ service: 'x', id: 'x1' }]);
    let calls = 0;
    await until('it has more to say than anybody reads', async () => {
      other.process.kill('SIGHUP');
      await fleet.serving('h8', `n${calls++}`, [{ service: 'x', id: 'x2' }]);
      return Promise.race([watching, new Promise((resolve) => setTimeout(resolve, 1000, false))]);
    });
    expect(await watching).toMatchObject({ code: 0, err: '' });
  });
});
