import { describe, expect } from 'vitest';
import { HealthChecks } from '../../../../src/composition/instances/running-checks.ts';
import { type Health, unchecked } from '../../../../src/domain/records/desired-instances.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { type FleetInMemory, specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

/** The stored record of web/1, and its token. */
function stored(fleet: FleetInMemory) {
  const read = fleet.instance('h1/a', 'web/1');
  if (read.kind !== 'stored') throw new Error('web/1 is not registered');
  return { ...read.record, token: read.record.token || read.revision };
}

const ids = specOf('web/1');
const draining: Health = { state: 'draining' };
const serving: Health = { state: 'serving' };
const failing: Health = { state: 'failing', detail: 'refused' };

describe('an instance that drains', () => {
  for (const next of [serving, failing]) {
    scenario(`is registered again when it is reported ${next.state}`, async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      a.agent.report(ids, draining);
      await fleet.advance(seconds(1));
      const before = stored(fleet);
      const commits = a.process.commits.length;
      a.agent.report(ids, next);
      await fleet.advance(seconds(1));
      const after = stored(fleet);
      expect(after).toMatchObject({ run: a.agent.run, state: next.state });
      expect(after.token).toBeGreaterThan(before.token);
      // One commit: no consumer sees the instance missing.
      expect(a.process.commits.length).toBe(commits + 1);
      expect(fleet.audit.story({ run: a.agent.run, name: 'web/1' })).toEqual([
        ...['registered', 'drained', 'removed', 'registered'],
        ...(next.state === 'failing' ? ['failed'] : []),
      ]);
    });
  }

  scenario('is registered again when it is removed and listed again', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    for (const pause of [0, seconds(1)]) {
      a.agent.report(ids, draining);
      await fleet.advance(seconds(1));
      const before = stored(fleet);
      a.agent.replace([]);
      if (pause > 0) await fleet.advance(pause);
      a.agent.replace([ids]);
      await fleet.advance(seconds(1));
      expect(stored(fleet)).toMatchObject({ run: a.agent.run, state: 'serving' });
      expect(stored(fleet).token).toBeGreaterThan(before.token);
    }
  });

  scenario('is registered again by the next run of its slot', async (fleet) => {
    const process = fleet.process('h1');
    const a = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(seconds(1));
    a.agent.report(ids, draining);
    await fleet.advance(seconds(1));
    await process.crash();
    const b = fleet.agent('h1/a', []);
    b.agent.replace([ids], () => unchecked);
    await fleet.advance(seconds(30));
    expect(stored(fleet)).toMatchObject({ run: b.agent.run, state: 'failing' });
    b.agent.report(ids, serving);
    await fleet.advance(seconds(1));
    expect(stored(fleet)).toMatchObject({ state: 'serving' });
  });

  scenario(
    'goes on draining when its check passes or fails, or other fields change',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      a.agent.report(ids, draining);
      await fleet.advance(seconds(1));
      const before = stored(fleet);
      a.agent.reportCheck(ids, serving);
      a.agent.reportCheck(ids, failing);
      a.agent.replace([{ ...ids, port: 81 }]);
      await fleet.advance(seconds(1));
      expect(stored(fleet)).toEqual(before);
      a.agent.reportCheck(ids, serving);
      await fleet.advance(seconds(1));
      expect(stored(fleet)).toEqual(before);
    },
  );

  scenario('goes on draining when its check is no longer listed', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const checks = new HealthChecks(a.agent);
    const tcp = { tcp: { host: '127.0.0.1', port: 9 }, every: 10_000, timeout: 1, failAfter: 3 };
    const check = { ...tcp, passAfter: 1, startPeriod: 0, initial: 'serving' } as const;
    checks.replace([{ spec: ids, check }]);
    a.agent.report(ids, draining);
    await fleet.advance(seconds(1));
    checks.replace([{ spec: ids, check: undefined }]);
    checks.stop();
    await fleet.advance(seconds(1));
    expect(stored(fleet)).toMatchObject({ state: 'draining' });
  });

  scenario('drains from the first moment of a new run', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    a.agent.report(ids, draining);
    await fleet.advance(seconds(5));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(seconds(60));
    const states: string[] = [];
    const commits = a.process.commits.length;
    a.process.line.down = false;
    await fleet.advance(seconds(5));
    expect(a.agent.run).not.toBe(run);
    for (const { commit } of a.process.commits.slice(commits)) {
      for (const { key, text } of commit.writes) {
        if (key.startsWith('instance.') && text) states.push(JSON.parse(text).state);
      }
    }
    expect(states).toEqual(['draining']);
  });

  scenario('is registered again once if the answer to the write is lost', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    a.agent.report(ids, draining);
    await fleet.advance(seconds(1));
    const from = a.process.line.requests;
    a.process.line.fate = (n) => (n === from + 1 ? 'unanswered' : 'fine');
    a.agent.report(ids, serving);
    await fleet.advance(seconds(20));
    expect(stored(fleet)).toMatchObject({ run: a.agent.run, state: 'serving' });
    expect(fleet.audit.story({ run: a.agent.run, name: 'web/1' })).toEqual([
      ...['registered', 'drained', 'removed', 'registered'],
    ]);
  });
});
