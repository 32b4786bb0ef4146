import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

const many = Array.from({ length: 1000 }, (_, n) => ({ service: 'bulk', id: `i${n}` }));

describe('an agent that is frozen and thawed', () => {
  it('during the removal of its records is fenced, starts a new run and registers everything again', async () => {
    await using fleet = await world.fleet();
    const agent = await fleet.serving('h1', 'a', many);
    // Suspect, expire, remove 450: the collector stops when its second batch of removals is about to go.
    const collector = fleet.gated({
      role: 'collector',
      host: 'watch',
      name: 'collector',
      gate: { commit: 4, when: 'before', what: 'pause' },
    });
    agent.process.kill('SIGSTOP');
    await collector.line((line) => line.event === 'gate');
    expect(fleet.directory.instances('bulk').length).toBeLessThan(many.length);
    agent.process.kill('SIGCONT');
    const fenced = await agent.process.line((line) => line['to'] === 'fenced');
    expect(fenced['run']).toBe(agent.run);
    const again = await agent.process.line(
      (line) => line['to'] === 'serving' && line['run'] !== agent.run,
    );
    collector.go();
    const fresh = String(again['run']);
    await until('all of the new run', () => {
      const rows = fleet.directory.instances('bulk');
      return rows.length === many.length && rows.every(({ run }) => run === fresh);
    });
    const late = await collector.line((line) => line.event === 'commit' && line['n'] === 4);
    expect(late['outcome']).toBe('conflict');
    await collector.line((line) => line['type'] === 'removal-done');
    expect(collector.lines.filter((line) => line.event === 'commit')).toHaveLength(4);
    const history = await fleet.history();
    const lost = history.filter((e) => e.of.run === fresh && e.event.type === 'removed');
    expect(lost).toEqual([]);
  });

  it('after the removal of its records is fenced, starts a new run and loses no record of it', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    agent.process.kill('SIGSTOP');
    await fleet.standing();
    agent.process.kill('SIGCONT');
    const again = await agent.process.line(
      (line) => line['to'] === 'serving' && line['run'] !== agent.run,
    );
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w1');
    await until('the new run is seen', () => fleet.row('web', 'w1')?.run === again['run']);
    const history = await fleet.history();
    const late = history.filter((e) => e.actor.run === agent.run && e.of.entity !== 'session');
    const expired = history.find((e) => e.of.run === agent.run && e.event.type === 'expired');
    expect(late.filter((e) => e.origin > (expired?.origin ?? 0))).toEqual([]);
  });

  it('before its expiry refutes the suspicion and keeps its run', async () => {
    await using fleet = await world.fleet();
    const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const collector = fleet.gated({
      role: 'collector',
      host: 'watch',
      name: 'collector',
      gate: { commit: 2, when: 'before', what: 'pause' },
    });
    agent.process.kill('SIGSTOP');
    await until('w1 is dubious', () => fleet.row('web', 'w1')?.state === 'dubious');
    await collector.line((line) => line.event === 'gate');
    agent.process.kill('SIGCONT');
    await until('w1 is live again', () => fleet.row('web', 'w1')?.state === 'live');
    collector.go();
    await collector.line((line) => line.event === 'commit' && line['n'] === 2);
    const commits = collector.lines.filter((line) => line.event === 'commit');
    expect(commits.map((line) => line['outcome'])).toEqual(['committed', 'conflict']);
    expect(fleet.row('web', 'w1')?.run).toBe(agent.run);
  });
});
