import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { specOf } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

describe('an instance that is not valid', () => {
  scenario('is put aside before it is written, and the agent serves on', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(1));
    const { registry } = a.process.ports;
    const commit = registry.commit.bind(registry);
    let writes = 0;
    registry.commit = async (request) => {
      writes += request.writes.filter(({ key }) => key.startsWith('instance.')).length;
      if (writes > 9) throw new Error('it is written again and again');
      return commit(request);
    };
    // No caller with types can pass this; the record could not be read.
    const detail = { reason: 'disk full' } as unknown as string;
    a.agent.report(specOf('web/1'), { state: 'failing', detail });
    await fleet.advance(seconds(20));
    expect(writes).toBe(0);
    a.agent.report(specOf('web/2'), { state: 'failing', detail: 'disk full' });
    await fleet.advance(seconds(2));
    expect(fleet.instance('h1/a', 'web/2')).toMatchObject({ record: { state: 'failing' } });
    a.agent.report(specOf('web/1'), { state: 'serving' });
    await fleet.advance(seconds(2));
    expect(fleet.instance('h1/a', 'web/1')).toMatchObject({ record: { state: 'serving' } });
    expect(a.agent.state).toBe('serving');
  });
});
