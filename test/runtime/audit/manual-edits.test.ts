import { describe, expect } from 'vitest';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { slotAt, specOf } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const slotKey = agentKey(slotAt('h1/a'));
const webKey = instanceKey({ ...slotAt('h1/a'), ...specOf('web/1') });

describe('an agent record that another tool', () => {
  for (const [did, text] of [
    ['deleted', undefined],
    ['corrupted', '{"v":99}'],
    ['emptied', ''],
  ] as const) {
    scenario(`${did} is taken by a new run that adopts every instance`, async (fleet) => {
      fleet.collector('c1');
      await fleet.advance(seconds(1));
      const a = fleet.agent('h1/a', ['web/1', 'web/2']);
      const { directory } = fleet.directory();
      await fleet.advance(seconds(2));
      const { run } = a.agent;
      fleet.byHand(slotKey, text);
      for (let n = 0; n < 80; n += 1) {
        await fleet.advance(100);
        expect(directory.instances('web').map(({ id }) => id)).toEqual(['1', '2']);
      }
      expect(a.agent.run).not.toBe(run);
      expect(a.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run, 'web/2': a.agent.run });
      await fleet.advance(seconds(60));
      expect(directory.instances('web').map(({ state }) => state)).toEqual(['live', 'live']);
      expect(fleet.audit.story({ run, name: 'web/1' })).toEqual(['registered', 'adopted']);
    });
  }

  scenario('corrupted stops no sweep: its neighbour is collected (G12)', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    const b = fleet.agent('h1/b', ['web/2']);
    await fleet.advance(seconds(5));
    await fleet.kill(a.process);
    await fleet.kill(b.process);
    fleet.byHand(slotKey, 'what?');
    fleet.byHand('instance.nonsense', 'what?');
    fleet.byHand('agent.=GG.x', '{}');
    await fleet.advance(seconds(60));
    expect(fleet.record('h1/b').kind).toBe('absent');
    expect(fleet.record('h1/a').kind).toBe('unreadable');
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
  });
});

describe('an instance record that another tool', () => {
  scenario('corrupted is rewritten as soon as its agent checks again', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    fleet.byHand(webKey, 'what?');
    a.agent.report(specOf('web/1'), { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(5));
    const web = fleet.instance('h1/a', 'web/1');
    expect(web.kind === 'stored' && [web.record.run, web.record.state]).toEqual([
      a.agent.run,
      'failing',
    ]);
  });

  scenario('corrupted stays if its agent died, and blocks nothing else (G12)', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(5));
    await fleet.kill(a.process);
    fleet.byHand(webKey, 'what?');
    await fleet.advance(seconds(60));
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect(fleet.instance('h1/a', 'web/1').kind).toBe('unreadable');
    expect(fleet.instance('h1/a', 'web/2').kind).toBe('absent');
  });

  scenario('deleted is registered again when its agent checks again', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    fleet.byHand(webKey, undefined);
    a.agent.report(specOf('web/1'), { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(5));
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
  });

  scenario('wrote for a run that never existed is removed as a leftover', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    const web = fleet.instance('h1/a', 'web/1');
    if (web.kind !== 'stored') throw new Error('no web/1');
    const stranger = { ...web.record, id: '9', run: 'stranger1' };
    fleet.byHand(instanceKey({ ...slotAt('h1/a'), ...specOf('web/9') }), JSON.stringify(stranger));
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace - seconds(1));
    expect(fleet.instance('h1/a', 'web/9').kind).toBe('stored');
    await fleet.advance(seconds(2));
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
  });
});
