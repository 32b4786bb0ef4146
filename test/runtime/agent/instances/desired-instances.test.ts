import { describe, expect } from 'vitest';
import { messagesPerBatch } from '../../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

const specs = (...names: readonly string[]) => names.map(specOf);

describe('the instances of an agent', () => {
  scenario('follow the desired instances, each with its events', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    a.agent.replace([{ ...specOf('web/1'), port: 80 }, specOf('web/2')]);
    await fleet.advance(seconds(1));
    a.agent.replace(specs('web/2'));
    await fleet.advance(seconds(1));
    const { run } = a.agent;
    expect(fleet.instances('h1/a')).toEqual({ 'web/2': run });
    expect(fleet.audit.story({ run, name: 'web/1' })).toEqual(['registered', 'changed', 'removed']);
  });

  scenario(
    'keep one chain each without a gap when they are removed and registered again',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const { run } = a.agent;
      const tokens: number[] = [];
      for (let n = 0; n < 3; n += 1) {
        a.agent.replace([]);
        await fleet.advance(seconds(1));
        a.agent.replace(specs('web/1'));
        await fleet.advance(seconds(1));
        tokens.push(fleet.instance('h1/a', 'web/1').revision);
      }
      expect(tokens).toEqual([...tokens].sort((x, y) => x - y));
      expect(fleet.audit.story({ run, name: 'web/1' })).toEqual([
        'registered',
        ...Array(3).fill(['removed', 'registered']).flat(),
      ]);
    },
  );

  scenario('are not removed if they are removed and added again in one step', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const before = fleet.instance('h1/a', 'web/1');
    a.agent.replace([]);
    a.agent.replace(specs('web/1'));
    await fleet.advance(seconds(1));
    expect(fleet.instance('h1/a', 'web/1')).toEqual(before);
  });

  for (const at of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    scenario(`may change while they are reconciled, at request ${at}`, async (fleet) => {
      const process = fleet.process('h1');
      const a = fleet.agent('h1/a', ['web/1', 'web/2'], { process });
      process.line.fate = (n) => {
        if (n === at) a.agent.replace(specs('web/2', 'web/3'));
        return 'fine';
      };
      await fleet.advance(seconds(5));
      const { run } = a.agent;
      expect(fleet.instances('h1/a')).toEqual({ 'web/2': run, 'web/3': run });
      expect(a.agent.state).toBe('serving');
    });
  }

  scenario('may change while the agent is lapsed and the store is unavailable', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(seconds(2));
    a.agent.replace(specs('web/1', 'web/2'));
    await fleet.advance(fleet.lease.ttl);
    expect(a.agent.state).toBe('lapsed');
    a.agent.replace(specs('web/2', 'web/3'));
    a.process.line.down = false;
    await fleet.advance(seconds(5));
    expect(fleet.instances('h1/a')).toEqual({ 'web/2': run, 'web/3': run });
  });

  scenario('may change while the store is unavailable for less than a ttl', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    a.process.line.down = true;
    a.agent.replace(specs('web/2'));
    await fleet.advance(seconds(2));
    a.process.line.down = false;
    await fleet.advance(seconds(2));
    expect(fleet.instances('h1/a')).toEqual({ 'web/2': a.agent.run });
    expect(a.transitions.map(({ event }) => event.type)).not.toContain('lapsed');
  });

  scenario('may change while the run is suspect', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    a.process.freeze();
    while (fleet.phase('h1/a') === 'live') await fleet.advance(100);
    a.agent.replace(specs('web/2'));
    a.process.thaw();
    await fleet.advance(seconds(2));
    expect(fleet.phase('h1/a')).toBe('live');
    expect(fleet.instances('h1/a')).toEqual({ 'web/2': a.agent.run });
  });

  scenario(
    'are registered in as few batches as the server accepts, the last with the announcement',
    async (fleet) => {
      // The record, the end of the old chain, the start of the new one: for each instance, and for the run.
      const perBatch = Math.floor(messagesPerBatch / 3);
      const names = Array.from({ length: 2 * perBatch + 1 }, (_, n) => `web/${n}`);
      const first = fleet.agent('h1/a', names, { sees: true });
      await fleet.advance(seconds(1));
      expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(names.length);
      await fleet.kill(first.process);
      const second = fleet.agent('h1/a', names, { sees: true });
      await fleet.advance(0);
      expect(second.agent.state).toBe('serving');
      expect(new Set(Object.values(fleet.instances('h1/a')))).toEqual(new Set([second.agent.run]));
      const sizes = second.process.commits.map(({ commit }) => commit.writes.length);
      expect(sizes).toEqual([perBatch, perBatch, 3]);
    },
  );

  scenario(
    'are registered in the end if a late write removed them and they are desired again',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const from = a.process.line.requests;
      a.process.line.fate = (n) => (n === from + 1 ? 'late' : 'fine');
      a.agent.replace([]);
      await fleet.clock.settle();
      a.agent.replace(specs('web/1'));
      await fleet.advance(seconds(20));
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
    },
  );

  scenario(
    'are registered in the end if a write without an answer removed them and they are desired again after a lapse',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const from = a.process.line.requests;
      let mended = false;
      a.process.line.fate = (n) => {
        if (n === from + 1) return 'unanswered';
        return mended ? 'fine' : 'unsent';
      };
      a.agent.replace([]);
      await fleet.advance(fleet.lease.ttl + seconds(1));
      expect(a.agent.state).toBe('lapsed');
      a.agent.replace(specs('web/1'));
      mended = true;
      await fleet.advance(seconds(20));
      expect(a.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
    },
  );
});

describe('the health of an instance', () => {
  const failing = { state: 'failing', detail: 'connection refused' } as const;
  const stateOf = (read: {
    kind: string;
    record?: { state: string; detail?: string | undefined };
  }) => read.record && [read.record.state, read.record.detail];

  scenario('follows the results of its checks', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    a.agent.report(specOf('web/1'), failing);
    await fleet.advance(0);
    expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['failing', failing.detail]);
    a.agent.report(specOf('web/1'), { state: 'serving' });
    await fleet.advance(0);
    expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['serving', undefined]);
    expect(fleet.audit.story({ run: a.agent.run, name: 'web/1' })).toEqual([
      'registered',
      'failed',
      'recovered',
    ]);
  });

  scenario('is recorded right after the registration if it was known before', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    a.agent.report(specOf('web/1'), failing);
    await fleet.advance(seconds(1));
    expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['failing', failing.detail]);
  });

  scenario('keeps its detail when another field of the instance changes', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    a.agent.report(specOf('web/1'), failing);
    await fleet.advance(seconds(1));
    a.agent.replace([{ ...specOf('web/1'), port: 81 }]);
    await fleet.advance(seconds(1));
    expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['failing', failing.detail]);
  });

  scenario('survives a lapsed lease, and a new run records it again', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    a.agent.report(specOf('web/1'), failing);
    await fleet.advance(seconds(5));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(seconds(60));
    a.process.line.down = false;
    await fleet.advance(seconds(5));
    expect(a.agent.run).not.toBe(run);
    expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['failing', failing.detail]);
  });

  scenario('is not recorded for an instance that the agent does not run', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const before = fleet.world.registry.lastSeq;
    a.agent.report(specOf('web/9'), failing);
    a.agent.report(specOf('web/1'), { state: 'serving' });
    await fleet.advance(seconds(1));
    expect(fleet.world.registry.lastSeq).toBe(before);
  });

  scenario(
    'of a draining instance is recorded as draining until it is deregistered',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1', 'web/2']);
      await fleet.advance(seconds(1));
      a.agent.report(specOf('web/1'), { state: 'draining' });
      await fleet.advance(seconds(10));
      expect(stateOf(fleet.instance('h1/a', 'web/1'))).toEqual(['draining', undefined]);
      a.agent.replace(specs('web/2'));
      await fleet.advance(0);
      expect(fleet.instances('h1/a')).toEqual({ 'web/2': a.agent.run });
    },
  );
});
