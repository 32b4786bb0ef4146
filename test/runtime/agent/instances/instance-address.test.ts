import { describe, expect } from 'vitest';
import { seconds } from '../../../../src/domain/time.ts';
import { specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

describe('an instance without an address', () => {
  scenario('has that of its agent if it has a port; its own address wins', async (fleet) => {
    const a = fleet.agent('h1/a', [], { instanceAddress: '10.0.0.7' });
    a.agent.replace([
      { ...specOf('web/1'), port: 80 },
      { ...specOf('web/2'), port: 80, address: '10.0.0.9' },
      specOf('job/1'),
    ]);
    a.agent.put({ ...specOf('web/3'), port: 81 }, { state: 'serving' });
    await fleet.advance(seconds(3));
    const addressOf = (name: string) => {
      const read = fleet.instance('h1/a', name);
      return read.kind === 'stored' ? read.record.address : read.kind;
    };
    expect(['web/1', 'web/2', 'web/3', 'job/1'].map(addressOf)).toEqual([
      ...['10.0.0.7', '10.0.0.9', '10.0.0.7', undefined],
    ]);
  });
});
