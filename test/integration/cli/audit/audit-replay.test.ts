import { describe, expect, it } from 'vitest';
import { withServer } from '../../harness/with-server.ts';
import { eventful, nowhere, on } from '../support/eventful-fleet.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

describe('rollcall audit replay', () => {
  it('up to now shows the same rows as ps, agents and hosts', async () => {
    const { fleet } = await eventful(world);
    await using _ = fleet;
    // A replay has the revision of the event, not that of the record in the same commit, and no losses.
    const shown = (rows: readonly Record<string, unknown>[]) =>
      rows
        .filter(({ event }) => event !== 'lost')
        .map(({ revision: _r, token: _t, term: _m, ...row }) => row);
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
    const { fleet, events, dead } = await eventful(world);
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
    const { fleet, events, dead } = await eventful(world);
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

  it('without arguments, names what it needs, with an example', async () => {
    const { code, out, err } = await command(['audit', 'replay', ...nowhere]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('rollcall audit replay needs --at or --diff or --machines');
    expect(err).toContain("for example: rollcall audit replay --at '10m ago'");
  });
});
