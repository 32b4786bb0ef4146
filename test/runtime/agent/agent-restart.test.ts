import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../support/scenario.ts';

describe('an agent that is started again after a crash', () => {
  scenario('takes over immediately if it can see that its predecessor is gone', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(seconds(1));
    await fleet.kill(first.process);
    const second = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(0);
    expect(second.agent.state).toBe('serving');
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': second.agent.run });
    expect(fleet.audit.story({ run: first.agent.run, name: 'web/1' })).toEqual([
      'registered',
      'adopted',
    ]);
  });

  scenario(
    'takes over after two unanswered pings, three seconds apart, if it cannot see its predecessor',
    async (fleet) => {
      const first = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      await fleet.kill(first.process);
      const second = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(2.99));
      expect(second.agent.state).toBe('claiming');
      await fleet.advance(seconds(0.02));
      expect(second.agent.state).toBe('serving');
    },
  );

  scenario(
    'does not take over from one that reconnects between the pings, even before it renews',
    async (fleet) => {
      const first = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const subscriptions = fleet.world.subscriptions;
      const subject = `h1.a.${first.agent.run}`;
      const [listening] = subscriptions.on(subject);
      if (!listening) throw new Error('no run listens');
      subscriptions.remove(subject, listening);
      const second = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(2));
      subscriptions.add(subject, listening);
      await fleet.advance(seconds(2));
      expect(second.ended()).toMatchObject({ code: 'slot-held' });
      expect(first.agent.state).toBe('serving');
    },
    { lease: { ttl: seconds(30), grace: seconds(10) } },
  );

  scenario('does not take over from one that renews but does not answer', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const subject = `h1.a.${first.agent.run}`;
    for (const listening of fleet.world.subscriptions.on(subject)) {
      fleet.world.subscriptions.remove(subject, listening);
    }
    const second = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(60));
    expect(second.agent.state).toBe('claiming');
    expect(first.agent.state).toBe('serving');
    expect(fleet.holder('h1/a')).toBe(first.agent.run);
    await second.agent.stop();
  });

  for (const [how, fall] of [
    ['frozen', 'freeze'],
    ['cut off by a power failure', 'vanish'],
  ] as const) {
    scenario(`waits for the lease of a predecessor that is ${how}`, async (fleet) => {
      const first = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(0.5));
      first.process[fall]();
      await fleet.advance(seconds(1));
      const second = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(fleet.lease.ttl - seconds(1.6));
      expect(second.agent.state).toBe('claiming');
      await fleet.advance(seconds(1.7));
      expect(second.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': second.agent.run });
      if (fall === 'vanish') return;
      first.process.thaw();
      await fleet.advance(seconds(3));
      expect(first.ended()).toMatchObject({ code: 'superseded' });
      expect(fleet.holder('h1/a')).toBe(second.agent.run);
    });
  }

  scenario('is refused if its frozen predecessor answers again', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    first.process.freeze();
    const second = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    first.process.thaw();
    await fleet.advance(seconds(2));
    expect(second.ended()).toMatchObject({ code: 'slot-held' });
    expect(first.agent.state).toBe('serving');
  });

  scenario(
    'is refused, with the reason, if its predecessor renews and never answers',
    async (fleet) => {
      const first = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const subject = `h1.a.${first.agent.run}`;
      const deaf = fleet.process('h1');
      deaf.freeze();
      for (const listening of fleet.world.subscriptions.on(subject)) {
        fleet.world.subscriptions.remove(subject, listening);
        fleet.world.subscriptions.add(subject, { ...listening, transport: deaf.line });
      }
      const second = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(fleet.lease.ttl + seconds(5));
      expect(second.agent.state).toBe('claiming');
      await fleet.advance(seconds(2.6));
      expect(second.ended()).toMatchObject({
        code: 'slot-held',
        message: expect.stringContaining('does not answer, but its lease is renewed'),
      });
    },
  );

  scenario(
    'takes over from an expired run and removes the instances that it does not run',
    async (fleet) => {
      const first = fleet.agent('h1/a', ['web/1', 'web/2']);
      await fleet.advance(seconds(1));
      await fleet.kill(first.process);
      const { process } = fleet.collector('h2');
      // It has written the suspicion and the expiry, and stops there.
      process.line.fate = () => (process.commits.length >= 2 ? 'unsent' : 'fine');
      while (fleet.phase('h1/a') !== 'expired') await fleet.advance(5);
      await fleet.kill(process);
      const second = fleet.agent('h1/a', ['web/2']);
      await fleet.advance(seconds(1));
      expect(second.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/2': second.agent.run });
      expect(fleet.audit.story({ run: first.agent.run, entity: 'run' }).at(-1)).toBe('removed');
    },
  );

  scenario('starts again in a slot that was collected', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    fleet.collector('h2');
    await fleet.advance(seconds(1));
    await fleet.kill(first.process);
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(5));
    expect(fleet.record('h1/a').kind).toBe('absent');
    const second = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    expect(second.agent.state).toBe('serving');
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': second.agent.run });
  });

  scenario('many times never makes its instances vanish from a directory', async (fleet) => {
    fleet.collector('h2');
    await fleet.clock.settle();
    const { directory } = fleet.directory();
    let last = fleet.agent('h1/a', ['web/1', 'web/2'], { sees: true });
    await fleet.advance(seconds(2));
    const runs = new Set([last.agent.run]);
    for (let n = 0; n < 30; n += 1) {
      await fleet.kill(last.process);
      last = fleet.agent('h1/a', ['web/1', 'web/2'], { sees: true });
      for (let step = 0; step < 4; step += 1) {
        await fleet.advance(seconds(0.4));
        expect(directory.instances('web').map(({ id }) => id)).toEqual(['1', '2']);
      }
      runs.add(last.agent.run);
      expect(directory.instances('web').map(({ state }) => state)).toEqual(['live', 'live']);
    }
    expect(runs.size).toBe(31);
    expect(fleet.audit.story({ entity: 'run' }).filter((type) => type === 'expired')).toEqual([]);
  });

  scenario(
    'before its predecessor announced itself continues with the instances of that predecessor',
    async (fleet) => {
      const process = fleet.process('h1', { sees: true });
      const names = Array.from({ length: 600 }, (_, n) => `web/${n}`);
      let commits = 0;
      process.beforeCommit = async () => {
        commits += 1;
        if (commits === 2) await fleet.kill(process);
      };
      fleet.agent('h1/a', names, { process });
      await fleet.advance(seconds(1));
      expect(fleet.phase('h1/a')).toBe('registering');
      const second = fleet.agent('h1/a', names, { sees: true });
      await fleet.advance(0);
      expect(second.agent.state).toBe('serving');
    },
  );
});
