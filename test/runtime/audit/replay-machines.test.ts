import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { collectorMachine } from '../../../machines/collector.ts';
import { instanceMachine } from '../../../machines/instance.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { replayMachines } from '../../../src/runtime/audit/replay-machines.ts';
import { eventsOf, historyOf } from '../../fixtures/history/given-history.ts';
import { changedAt, eventIn } from '../../fixtures/history/tampering.ts';
import { eventfulFleet } from '../support/event-source.ts';

const today = { runMachine, instanceMachine, sessionMachine, collectorMachine };
const fleet = await eventfulFleet();
const events = await eventsOf(memoryStore(fleet.world).audit);
const signal = new AbortController().signal;

const replayed = (machines: Readonly<Record<string, AnyStateMachine>>, history = events) =>
  replayMachines(historyOf(history), machines, { signal });

/** The instance machine, changed in one place. */
const instanceWith = (change: (config: InstanceConfig) => void): AnyStateMachine => {
  const config: InstanceConfig = structuredClone(instanceMachine.config) as InstanceConfig;
  change(config);
  return createMachine(config as Parameters<typeof createMachine>[0]);
};
type InstanceConfig = {
  initial: string;
  states: Record<string, { on?: Record<string, { target: string } | undefined>; type?: string }>;
};

const ofType = (type: string, entity = 'instance') =>
  events.filter((one) => eventIn(one).event.type === type && eventIn(one).of.entity === entity);

describe('a history replayed against its own machines', () => {
  test('has no differences', async () => {
    expect(await replayed(today)).toEqual({
      events: events.length,
      judged: events.length,
      divergences: 0,
      groups: [],
      unmatchedMachines: new Map(),
      unsure: 0,
      illegible: 0,
    });
  });

  test('reports the machines that are missing, and replays the others', async () => {
    const { judged, divergences, unmatchedMachines: without } = await replayed({ runMachine });
    const others = events.filter((one) => eventIn(one).machine !== 'run').length;
    expect(divergences).toBe(0);
    expect([...without.keys()].sort()).toEqual(['collector', 'instance', 'session']);
    expect([...without.values()].reduce((a, b) => a + b)).toBe(others);
    expect(judged).toBe(events.length - others);
  });
});

describe('a history replayed against a changed machine', () => {
  test('reports each transition whose target differs', async () => {
    const changed = instanceWith(({ states }) => {
      if (states['serving']?.on) states['serving'].on['failed'] = { target: 'draining' };
    });
    const [failed] = ofType('failed');
    const { divergences, groups } = await replayed({ ...today, instanceMachine: changed });
    expect(divergences).toBe(1);
    const example = { seq: failed?.seq, entity: expect.stringContaining('web/2 of h1/a run ') };
    expect(groups).toEqual([
      {
        machine: 'instance',
        event: 'failed',
        from: 'serving',
        recorded: 'failing',
        other: 'draining',
        why: undefined,
        count: 1,
        first: example,
        last: example,
      },
    ]);
  });

  test('continues on the recorded path: one difference is not repeated in later events', async () => {
    const changed = instanceWith((config) => {
      config.initial = 'failing';
    });
    const { divergences, groups } = await replayed({ ...today, instanceMachine: changed });
    const begun = ofType('registered');
    expect(divergences).toBe(begun.length);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      event: 'registered',
      from: null,
      recorded: 'serving',
      other: 'failing',
      count: begun.length,
      first: { seq: begun[0]?.seq },
      last: { seq: begun.at(-1)?.seq },
    });
  });

  test('reports a refused transition, and one from a removed state', async () => {
    const changed = instanceWith(({ states }) => {
      delete states['serving']?.on?.['adopted'];
      delete states['serving']?.on?.['failed'];
      delete states['failing'];
    });
    const { groups } = await replayed({ ...today, instanceMachine: changed });
    const refused = groups.map(({ event, from, other, count, why }) => [
      event,
      from,
      other,
      count,
      why !== undefined,
    ]);
    expect(refused).toEqual([
      ['adopted', 'serving', undefined, 2, true],
      ['failed', 'serving', undefined, 1, true],
      ['changed', 'failing', undefined, 1, true],
      ['recovered', 'failing', undefined, 1, true],
    ]);
    const [adopted, , from] = groups.map(({ why }) => why);
    expect(adopted).toBe('it has no such transition there');
    expect(from).toContain('failing');
  });

  test('groups by machine, state, event and difference', async () => {
    const changed = instanceWith(({ states }) => {
      for (const state of Object.values(states)) {
        if (state.on?.['removed']) state.on['removed'] = { target: 'adopted' };
      }
    });
    const { groups, divergences } = await replayed({ ...today, instanceMachine: changed });
    const froms = new Set(ofType('removed').map((one) => eventIn(one).from));
    expect(groups.map(({ from }) => from)).toEqual([...froms]);
    expect(divergences).toBe(ofType('removed').length);
  });

  test('uses the context that the other machine computes', async () => {
    // With another condition in its guard, every return from a lapse differs.
    const changed = createMachine({
      id: 'session',
      context: { opened: 0 },
      initial: 'connecting',
      states: {
        connecting: {
          on: {
            opened: { target: 'connecting' },
            leased: [
              { guard: ({ context }) => context.opened > 0, target: 'claiming' },
              { target: 'fenced' },
            ],
          },
        },
        claiming: {},
        fenced: { type: 'final' },
      },
    });
    const { groups } = await replayed({ session: changed });
    expect(groups.find(({ event }) => event === 'leased')).toMatchObject({
      from: 'connecting',
      recorded: 'claiming',
      other: 'fenced',
      count: ofType('leased', 'session').length,
    });
  });

  test('a guard that throws on recorded data is a refusal with its reason', async () => {
    const changed = createMachine({
      id: 'instance',
      initial: 'serving',
      states: {
        serving: {
          on: {
            failed: {
              guard: () => {
                throw new Error('no detail');
              },
              target: 'failing',
            },
          },
        },
        failing: {},
      },
    });
    const { groups } = await replayed({ changed });
    expect(groups.find(({ event }) => event === 'failed')?.why).toContain('no detail');
  });

  test('does not guess the result of a guard where a process lost events', async () => {
    const lapse = events.findLast((one) => eventIn(one).of.entity === 'session');
    const lost = changedAt(events, lapse?.seq ?? 0, () => ({ lost: 3 }));
    const { unsure, divergences } = await replayed(today, lost);
    expect({ unsure, divergences }).toEqual({ unsure: 1, divergences: 0 });
  });

  test('has no difference for regions in another order', async () => {
    const { phase, sight } = runMachine.config.states?.['present']?.states ?? {};
    const config = {
      ...runMachine.config,
      states: {
        ...runMachine.config.states,
        present: { ...runMachine.config.states?.['present'], states: { sight, phase } },
      },
    };
    const { divergences, judged } = await replayed({ run: createMachine(config as never) });
    expect(judged).toBeGreaterThan(10);
    expect(divergences).toBe(0);
  });
});
