import { describe, expect, it } from 'vitest';
import type { TestFleet } from '../../harness/fleet.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

const audit = (fleet: TestFleet, ...words: string[]) =>
  command(['audit', ...words, '--servers', fleet.url, '--namespace', fleet.namespace]);

/** An agent that was killed and collected, with all events in the audit. */
async function withDeath() {
  const fleet = await world.fleet();
  await fleet.collector();
  const { process, run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await until('it is live', () => fleet.row('web', 'w1')?.state === 'live');
  process.kill('SIGKILL');
  await fleet.standing();
  // The last event is the one in which the collector reports that it is done.
  const history = await until('all is said', async () => {
    const all = await fleet.history();
    return all.at(-1)?.event.type === 'removal-done' ? all : undefined;
  });
  return { fleet, run, history };
}

describe('rollcall audit show', () => {
  it('prints the events of an agent, a run or an instance as stored, plus seq', async () => {
    const { fleet, run, history } = await withDeath();
    await using _ = fleet;
    const own = (entity: string) =>
      history
        .filter(({ of }) => of.entity === entity && of.run === run)
        .map(({ event }) => event.type);
    const typesOf = async (...words: string[]) => {
      const { code, err, documents } = await audit(fleet, 'show', ...words, '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return documents();
    };
    const agent = await typesOf('h1/a');
    expect(await typesOf(run)).toEqual(agent);
    const types = (entity: string) =>
      agent
        .filter(({ of }) => (of as { entity: string }).entity === entity)
        .map(({ event }) => (event as { type: string }).type);
    expect(types('run')).toEqual(['started', 'announced', 'suspected', 'expired', 'removed']);
    expect(types('run')).toEqual(own('run'));
    expect(types('session')).toEqual(own('session'));
    const instance = await typesOf('web/w1');
    expect(instance.map(({ event }) => event)).toEqual([
      { type: 'registered' },
      { type: 'removed', why: 'owner-expired' },
    ]);
    const [stored] = history.filter(({ of }) => of.entity === 'instance');
    const { hash: _hash, origin: _origin, ...written } = stored ?? { hash: '', origin: 0 };
    expect(instance[0]).toEqual({ ...written, atIso: expect.stringMatching(/^20.*Z$/) });
  });

  it('prints for people the time, entity, event, states, actor and reason', async () => {
    const { fleet, run } = await withDeath();
    await using _ = fleet;
    const { code, out } = await audit(fleet, 'show', 'h1/a');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^h1/a +run ${run}`, 'm'));
    expect(out).toMatch(
      /suspected +live → live suspect +by watch\/collector\n.*(silent|unreachable)/,
    );
    expect(out).toMatch(/expired +live suspect → expired +by watch\/collector/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('refuses an ambiguous name and lists the choices', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('web', 'w1', [{ service: 'web', id: 'w1' }]);
    const asked = await audit(fleet, 'show', 'web/w1');
    expect(asked.code).toBe(1);
    expect(asked.err).toContain("'web/w1' is ambiguous: agent:web/w1 or instance:web/w1");
    const { documents } = await audit(fleet, 'show', 'instance:web/w1', '--json');
    expect(documents().map(({ of }) => (of as { entity: string }).entity)).toEqual(['instance']);
  });

  it('reports an unknown entity as not found', async () => {
    await using fleet = await world.fleet();
    const { code, err } = await audit(fleet, 'show', 'h9/z');
    expect(code).toBe(1);
    expect(err).toContain("has no event of 'h9/z'");
    expect(await audit(fleet, 'show', 'no sense')).toMatchObject({ code: 2 });
  });
});

describe('rollcall audit tail', () => {
  it('shows the last events, or all from a sequence on', async () => {
    const { fleet, history } = await withDeath();
    await using _ = fleet;
    const seqs = async (...words: string[]) =>
      (await audit(fleet, 'tail', ...words, '--json')).documents().map(({ seq }) => seq);
    const all = history.map(({ seq }) => seq);
    expect(await seqs('--from', 'start')).toEqual(all);
    expect(await seqs()).toEqual(all.slice(-20));
    expect(await seqs('--from', '5')).toEqual(all.slice(4));
    const instance = history.filter(({ of }) => of.entity === 'instance').map(({ seq }) => seq);
    expect(await seqs('web/w1')).toEqual(instance);
  });

  it('follows new events', async () => {
    await using fleet = await world.fleet();
    const tail = fleet.start(['audit', 'tail', '--follow']);
    const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const typed = (type: string) => (line: { event: unknown }) =>
      (line.event as { type?: string }).type === type;
    await tail.line(typed('registered') as never);
    process.kill('SIGTERM');
    await tail.line(typed('left') as never);
    const seqs = tail.lines.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
    tail.kill('SIGINT');
    expect(await tail.exited).toBe(0);
  });

  it('continues after an unreadable event', async () => {
    await using fleet = await world.fleet();
    await fleet.store.audit.append({ subject: 'h1.a.abcdefgh.1', text: 'no \u001b[2J event' });
    await fleet.serving('h1', 'a', []);
    const { code, documents } = await audit(fleet, 'tail', '--from', 'start', '--json');
    expect(code).toBe(0);
    expect(documents()[0]).toMatchObject({ seq: 1, unreadable: expect.any(String) });
    expect(documents().length).toBeGreaterThan(1);
    const shown = await audit(fleet, 'show', 'h1/a');
    expect(shown.out).toContain('cannot be read');
    expect(shown.out).not.toContain('\u001b');
  });
});
