import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFleet } from '../../harness/fleet.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-exported-'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20 }));

const on = ({ url, namespace }: TestFleet) => ['--servers', url, '--namespace', namespace];

/** A killed and collected agent, a live one and one that left, with an export of their history. */
async function eventful() {
  const fleet = await world.fleet();
  await fleet.collector();
  const dead = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1', port: 80 }]);
  await fleet.serving('h2', 'a', [
    { service: 'web', id: 'w2' },
    { service: 'db', id: 'd1' },
  ]);
  const left = await fleet.serving('h3', 'a', [{ service: 'web', id: 'w3' }]);
  dead.process.kill('SIGKILL');
  left.process.kill('SIGTERM');
  await left.process.exited;
  await fleet.standing('agent.h2.a', 'instance.h2.a.db.d1', 'instance.h2.a.web.w2');
  // The last event is the one in which the collector reports that it is done.
  const events = await until('all is said', async () => {
    const all = await fleet.history();
    return all.at(-1)?.event.type === 'removal-done' ? all : undefined;
  });
  return { fleet, events, dead: dead.run };
}

/** No server listens here, so every answer comes from the file. */
const nowhere = ['--servers', 'nats://127.0.0.1:1'];

describe('an exported history', () => {
  it('gives every command the answers of the server, without the server', async () => {
    const { fleet, events } = await eventful();
    await using _ = fleet;
    const file = join(folder, 'history.ndjson.gz');
    const exported = await command(['audit', 'export', '--out', file, ...on(fleet)]);
    expect(exported).toMatchObject({ code: 0, out: '' });
    expect(exported.err).toContain(`${events.length} events of namespace`);
    const moment = String(events.findLast(({ event }) => event.type === 'expired')?.seq);
    for (const words of [
      ['audit', 'tail', '--json'],
      ['audit', 'tail', 'h1/a', '--from', 'start', '--json'],
      ['audit', 'show', 'h1/a', '--json'],
      ['audit', 'show', 'web/w1'],
      ['audit', 'replay', '--at', moment, '--show', 'all', '--json'],
      ['audit', 'replay', '--diff', '1', moment, '--json'],
      ['audit', 'replay', '--machines', 'machines', '--json'],
      ['why', 'web/w1', '--at', moment, '--json'],
      ['why', 'h1/a', '--at', moment],
    ]) {
      const live = await command([...words, ...on(fleet)]);
      expect(live, words.join(' ')).toMatchObject({ code: 0, err: '' });
      const filed = await command([...words, '--file', file, ...nowhere]);
      expect(filed.out, words.join(' ')).toBe(live.out);
      expect(filed).toMatchObject({ code: 0, err: '' });
    }
    const verified = await command(['audit', 'verify', '--json', '--file', file, ...nowhere]);
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.documents()).toEqual([
      expect.objectContaining({
        ...{ event: 'verified', events: events.length, divergences: 0 },
        ...{ first: 1, last: events.at(-1)?.seq, registry: false },
      }),
    ]);
  });

  it('is the same on standard output, in whole and in part', async () => {
    const { fleet, events } = await eventful();
    await using _ = fleet;
    const stored: object[] = [];
    for await (const { text, ...place } of fleet.store.audit.read(0)) {
      stored.push({ ...place, event: JSON.parse(text) });
    }
    const whole = await command(['audit', 'export', '--out', '-', ...on(fleet)]);
    expect(whole.documents()).toEqual(stored);
    const some = await command([
      ...['audit', 'export', '--out', '-', '--from', '5', '--to', 'before:9', ...on(fleet)],
    ]);
    expect(some.documents()).toEqual(stored.slice(4, 8));
    const none = await command(['audit', 'export', '--out', '-', '--to', '1h ago', ...on(fleet)]);
    expect(none).toMatchObject({ code: 0, out: '' });
    expect(events.length).toBeGreaterThan(9);
  });
});

describe('rollcall audit replay', () => {
  it('up to now shows the same as ps, agents and hosts', async () => {
    const { fleet } = await eventful();
    await using _ = fleet;
    // A replay has the revision of the event, not that of the record in the same commit.
    const shown = (rows: readonly Record<string, unknown>[]) =>
      rows.map(({ revision: _r, token: _t, term: _m, ...row }) => row);
    for (const view of ['ps', 'agents', 'hosts']) {
      const live = await command([view, '--json', ...on(fleet)]);
      const replayed = await command([
        ...['audit', 'replay', '--at', 'now', '--show', view, '--json', ...on(fleet)],
      ]);
      const [moment, ...rows] = replayed.documents();
      expect(moment).toMatchObject({ event: 'moment', seq: expect.any(Number) });
      expect(shown(rows)).toEqual(shown(live.documents()));
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  it('shows the fleet immediately before an event, by its hash or id, and at a time', async () => {
    const { fleet, events, dead } = await eventful();
    await using _ = fleet;
    const expired = events.find(({ of, event }) => of.run === dead && event.type === 'expired');
    if (!expired) throw new Error('it was expired');
    const stateAt = async (moment: string) => {
      const { documents } = await command([
        ...['audit', 'replay', '--at', moment, '--show', 'agents', '--json', ...on(fleet)],
      ]);
      return documents().find(({ run }) => run === dead)?.['state'];
    };
    for (const name of [
      String(expired.seq),
      expired.hash,
      expired.hash.slice(0, 12),
      expired.eventId,
    ]) {
      expect(await stateAt(name)).toBe('expired');
      expect(await stateAt(`before:${name}`)).toBe('suspect');
    }
    let storedAt = 0;
    for await (const stored of fleet.store.audit.read(expired.seq)) {
      ({ storedAt } = stored);
      break;
    }
    expect(await stateAt(new Date(storedAt - 1).toISOString())).toBe('suspect');
  });

  it('with two moments, lists what was added, removed and changed between them', async () => {
    const { fleet, events, dead } = await eventful();
    await using _ = fleet;
    const seq = events.find(({ of, event }) => of.run === dead && event.type === 'suspected')?.seq;
    const { documents, code } = await command([
      ...['audit', 'replay', '--diff', `before:${seq}`, String(seq), '--json', ...on(fleet)],
    ]);
    expect(code).toBe(0);
    const [, , ...differences] = documents();
    expect(differences).toEqual([
      expect.objectContaining({
        kind: 'agent',
        change: 'changed',
        now: expect.objectContaining({ state: 'suspect' }),
      }),
      expect.objectContaining({
        kind: 'instance',
        change: 'changed',
        was: expect.objectContaining({ state: 'live' }),
      }),
    ]);
    const shown = await command(['audit', 'replay', '--diff', '1h ago', 'now', ...on(fleet)]);
    expect(shown.out).toContain('+ agent    h2/a  ● live');
    expect(shown.out).toContain('3 added, 0 removed, 0 changed');
    expect(shown.err).toContain('the moment is before the first event');
  });

  it.each([
    [['--at', '10 minutes'], /--at '10 minutes': a sequence/],
    [['--at', 'deadbeef'], /the history has no event deadbeef/],
    [['--diff', '1'], /--diff .*two moments/],
    [['--at', '1', '--diff', '1', '2'], /cannot be combined/],
    [
      ['--at', '1', '--show', 'services'],
      /--show must be one or more of ps, agents, hosts.* \(got 'services'\)/,
    ],
    [['--machines', 'docs'], /no file there exports a machine/],
  ])('refuses %j with the reason', async (words, why) => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'a', []);
    const { code, err, out } = await command(['audit', 'replay', ...words, ...on(fleet)]);
    expect(err).toMatch(why);
    expect(out).toBe('');
    expect(code).toBe(words.includes('deadbeef') ? 1 : 2);
  });

  it('without arguments, lists the possible arguments', async () => {
    const { code, out } = await command(['audit', 'replay', ...nowhere]);
    expect(code).toBe(2);
    expect(out).toContain('--diff <moments...>');
  });
});

describe('rollcall audit verify', () => {
  it('succeeds on a valid history that agrees with the registry', async () => {
    const { fleet, events } = await eventful();
    await using _ = fleet;
    const { code, documents } = await command(['audit', 'verify', '--json', ...on(fleet)]);
    expect(documents()).toEqual([
      expect.objectContaining({
        event: 'verified',
        events: events.length,
        divergences: 0,
        registry: true,
      }),
    ]);
    expect(code).toBe(0);
  });

  it('reports a record that no event explains, and exits with 1', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h1', 'a', []);
    const writes = [{ key: 'instance.h1.a.web.forged', expectedRevision: 0, text: '{"v":1}' }];
    await fleet.store.registry.commit({ writes, events: [] });
    const { code, out } = await command(['audit', 'verify', ...on(fleet)]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✕ no event registry {2}instance\.h1\.a\.web\.forged: expected no record, found /,
    );
    expect(out).toContain('1 divergence');
  });

  it('continues from a checkpoint, and refuses one of another namespace', async () => {
    const { fleet } = await eventful();
    await using _ = fleet;
    await using other = await world.fleet();
    await other.serving(
      'h1',
      'a',
      Array.from({ length: 40 }, (_, n) => ({ service: 's', id: `${n}` })),
    );
    const checkpoint = ['--checkpoint', join(folder, 'checkpoint.json'), '--json'];
    const first = await command(['audit', 'verify', ...checkpoint, ...on(fleet)]);
    const [{ events }] = first.documents() as [{ events: number }];
    await fleet.serving('h4', 'a', []);
    const second = await command(['audit', 'verify', ...checkpoint, ...on(fleet)]);
    const [verified] = second.documents() as [{ events: number }];
    expect(verified).toMatchObject({ event: 'verified', resumed: events, divergences: 0 });
    expect(verified.events).toBeGreaterThan(events);
    const refused = await command(['audit', 'verify', ...checkpoint, ...on(other)]);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/of namespace '.*'\): .*this is another history/);
    const anew = await command(['audit', 'verify', '--from-start', ...checkpoint, ...on(other)]);
    expect(anew.code).toBe(0);
  });
});

describe('rollcall why', () => {
  it('explains what exists and what was removed, and reports what never existed', async () => {
    const { fleet } = await eventful();
    await using _ = fleet;
    await until('the collector watches', () => fleet.directory.observed);
    const why = (...words: string[]) => command(['why', ...words, ...on(fleet)]);
    expect((await why('web/w2')).out).toMatch(
      /^web\/w2 on h2\/a is live: its agent has a valid lease and is not suspect/,
    );
    expect((await why('h2/a')).out).toMatch(/^h2\/a is live: it renews its lease every/);
    expect((await why('web/w1')).out).toMatch(
      /^web\/w1 is not registered: watch\/collector removed it/,
    );
    expect((await why('web/w3')).out).toMatch(
      /^web\/w3 is not registered: its agent h3\/a stopped in an orderly way and removed it/,
    );
    expect((await why('h3/a')).out).toMatch(/^h3\/a is not registered: it left in an orderly way/);
    const [facts] = (await why('web/w2', '--json')).documents();
    expect(facts).toMatchObject({
      kind: 'instance',
      state: 'live',
      lease: 'stands',
      next: { what: 'nothing' },
    });
    const never = await why('web/w9');
    expect(never).toMatchObject({ code: 1, out: '' });
    expect(never.err).toContain("'web/w9' has no record and no event");
    expect(await why('nobody?')).toMatchObject({ code: 2 });
  });
});
