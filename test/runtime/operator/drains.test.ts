import { describe, expect } from 'vitest';
import {
  type DrainTarget,
  HostId,
  InstanceId,
  ServiceName,
} from '../../../src/domain/identity/names.ts';
import { type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { endDrainNow, planDrain } from '../../../src/runtime/operator/drain-actions.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { mishaps } from '../support/link-faults.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const host: DrainTarget = { host: HostId.parse('h1') };
const one: DrainTarget = { service: ServiceName.parse('web'), id: InstanceId.parse('1') };
const never = new AbortController().signal;

function operator(fleet: FleetInMemory) {
  const process = fleet.process('desk');
  const { ports } = process;
  const author = { actor: { ...slotAt('desk/alice'), run: ports.entropy.runId() }, ports };
  return {
    process,
    drain: (target: DrainTarget, lasts?: Millis, why?: string) =>
      planDrain(
        author,
        {
          target,
          ...(lasts !== undefined && { until: ports.clock.wall() + lasts }),
          ...(why !== undefined && { why }),
        },
        ports,
        never,
      ),
    undrain: (target: DrainTarget) => endDrainNow(author, target, ports, never),
  };
}

async function given(fleet: FleetInMemory) {
  fleet.collector('c1');
  const { process: first } = fleet.agent('h1/a', ['web/1', 'api/1']);
  fleet.agent('h2/a', ['web/2']);
  const { directory } = fleet.directory();
  await fleet.advance(seconds(5));
  const states = () =>
    Object.fromEntries(
      directory.instances().map(({ service, id, state }) => [`${service}/${id}`, state]),
    );
  return { first, directory, states };
}

describe('a drain', () => {
  scenario('of a host turns traffic away from its instances, until it is ended', async (fleet) => {
    const { directory, states } = await given(fleet);
    const { drain, undrain } = operator(fleet);
    expect(await drain(host, undefined, 'new disk')).toBe('planned');
    await fleet.advance(seconds(1));
    expect(states()).toEqual({ 'web/1': 'draining', 'api/1': 'draining', 'web/2': 'live' });
    expect(directory.usable('web', 'prefer-live').map(({ id }) => id)).toEqual(['2']);
    // The last resort of `any`: a service of which everything is drained.
    expect(directory.usable('api', 'any').map(({ id }) => id)).toEqual(['1']);
    expect(directory.instances('api')).toMatchObject([
      { reason: null, drain: { by: 'desk/alice', until: null, why: 'new disk' } },
    ]);
    await fleet.advance(minutes(20));
    expect(states()).toMatchObject({ 'web/1': 'draining' });
    expect(await undrain(host)).toBe('ended');
    await fleet.advance(seconds(1));
    expect(states()).toEqual({ 'web/1': 'live', 'api/1': 'live', 'web/2': 'live' });
    expect(await undrain(host)).toBe('absent');
  });

  scenario('of one instance leaves the others of its host alone', async (fleet) => {
    const { states } = await given(fleet);
    await operator(fleet).drain(one);
    await fleet.advance(seconds(1));
    expect(states()).toEqual({ 'web/1': 'draining', 'api/1': 'live', 'web/2': 'live' });
  });

  scenario('with an end is ended by a collector, and the audit has its chain', async (fleet) => {
    const { states } = await given(fleet);
    const { drain } = operator(fleet);
    expect(await drain(one, seconds(30))).toBe('planned');
    expect(await drain(one, minutes(2))).toBe('changed');
    await fleet.advance(minutes(1));
    expect(states()).toMatchObject({ 'web/1': 'draining' });
    await fleet.advance(minutes(1) + seconds(1));
    expect(states()).toMatchObject({ 'web/1': 'live' });
    expect(fleet.audit.story({ entity: 'drain' })).toEqual(['planned', 'changed', 'ran-out']);
  });

  scenario('does not keep a silent agent: it is declared dead as usual', async (fleet) => {
    const { first, directory } = await given(fleet);
    await operator(fleet).drain(host);
    await fleet.kill(first);
    await until(fleet, () => directory.instances('web').some(({ state }) => state === 'dubious'));
    expect(directory.usable('web', 'prefer-live').map(({ id }) => id)).toEqual(['2']);
    await until(fleet, () => fleet.phase('h1/a') === 'absent', minutes(3));
  });

  for (const mishap of mishaps) {
    scenario(`is stored once if its write is ${mishap}`, async (fleet) => {
      await given(fleet);
      const { process, drain, undrain } = operator(fleet);
      const from = process.line.requests;
      process.line.fate = (n) => (n === from + 2 ? mishap : 'fine');
      const planned = drain(host);
      await fleet.advance(seconds(10));
      expect(await planned).toBe('planned');
      const before = process.line.requests;
      process.line.fate = (n) => (n === before + 2 ? mishap : 'fine');
      const ended = undrain(host);
      await fleet.advance(seconds(10));
      expect(await ended).toBe('ended');
      expect(fleet.audit.story({ entity: 'drain' })).toEqual(['planned', 'ended']);
    });
  }
});
