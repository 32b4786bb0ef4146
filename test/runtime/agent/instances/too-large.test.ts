import { describe, expect } from 'vitest';
import { Fault } from '../../../../src/domain/fault.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

describe('an instance that is larger than the server accepts', () => {
  scenario('is put aside, and the others are registered', async (fleet) => {
    const a = fleet.agent('h1/a', []);
    await fleet.advance(seconds(1));
    const { registry } = a.process.ports;
    const commit = registry.commit.bind(registry);
    registry.commit = async (request) => {
      const tooLarge = request.writes.find(({ text }) => (text?.length ?? 0) > 5000);
      if (tooLarge) throw new Fault('record-too-large', `${tooLarge.key} is too large`);
      return commit(request);
    };
    const large = { ...specOf('web/4'), labels: { note: 'x'.repeat(6000) } };
    const names = ['web/1', 'web/2', 'web/3', 'web/5', 'web/6'];
    a.agent.replace([...names.map(specOf), large]);
    await fleet.advance(seconds(2));
    expect(Object.keys(fleet.instances('h1/a')).sort()).toEqual(names);
    expect(a.agent.state).toBe('serving');
    a.agent.replace([...names.map(specOf), specOf('web/4')]);
    await fleet.advance(seconds(2));
    expect(Object.keys(fleet.instances('h1/a')).sort()).toEqual([...names, 'web/4'].sort());
  });
});
