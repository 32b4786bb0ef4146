import { describe, expect } from 'vitest';
import { unchecked } from '../../../../src/domain/records/desired-instances.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { type FleetInMemory, specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

/** The stored record, and its revision. */
function stored(fleet: FleetInMemory) {
  const read = fleet.instance('h1/a', 'web/1');
  if (read.kind !== 'stored') throw new Error('web/1 is not registered');
  return read;
}

const ids = { service: 'web', id: '1' } as unknown as ReturnType<typeof specOf>;

describe('an instance with a check', () => {
  scenario('is never seen as serving before its check has passed', async (fleet) => {
    const a = fleet.agent('h1/a', []);
    await fleet.advance(seconds(1));
    a.agent.replace([specOf('web/1')], () => unchecked);
    await fleet.advance(seconds(1));
    const { record, revision } = stored(fleet);
    expect(record).toMatchObject({ state: 'failing', detail: 'no check has passed yet', token: 0 });
    const { run } = a.agent;
    expect(fleet.audit.story({ run, name: 'web/1' })).toEqual(['registered', 'failed']);
    a.agent.report(ids, { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(1));
    expect(stored(fleet).record).toMatchObject({ detail: 'refused' });
    a.agent.report(ids, { state: 'failing', detail: 'reset' });
    await fleet.advance(seconds(1));
    expect(stored(fleet).record).toMatchObject({ detail: 'reset' });
    a.agent.report(ids, { state: 'serving' });
    await fleet.advance(seconds(1));
    const now = stored(fleet).record;
    expect(now).toMatchObject({ state: 'serving', token: revision });
    expect(now.detail).toBeUndefined();
    expect(fleet.audit.story({ run, name: 'web/1' })).toEqual([
      ...['registered', 'failed', 'changed', 'changed', 'recovered'],
    ]);
  });

  scenario('stays serving when a new run adopts it, until its check fails', async (fleet) => {
    const process = fleet.process('h1');
    const a = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(seconds(1));
    await process.crash();
    const b = fleet.agent('h1/a', []);
    b.agent.replace([specOf('web/1')], () => unchecked);
    await fleet.advance(seconds(30));
    const { record } = stored(fleet);
    expect(record).toMatchObject({ run: b.agent.run, state: 'serving' });
    expect(record.run).not.toBe(a.agent.run);
    b.agent.report(ids, { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(1));
    expect(stored(fleet).record).toMatchObject({ state: 'failing' });
  });
});
