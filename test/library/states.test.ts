import { expect, test } from 'vitest';
import { collectorMachine } from '../../machines/collector.ts';
import { sessionMachine } from '../../machines/session.ts';
import type { AgentState, CollectorState } from '../../src/index.ts';

test('the states of an agent that the library types are those of its machine', () => {
  const typed: Readonly<Record<AgentState, true>> = {
    ...{ connecting: true, claiming: true, reconciling: true, serving: true },
    ...{ lapsed: true, leaving: true, fenced: true, stopped: true },
  };
  expect(Object.keys(sessionMachine.states).sort()).toEqual(Object.keys(typed).sort());
});

test('the states of a collector that the library types are those of its machine', () => {
  const typed: Readonly<Record<CollectorState, true>> = {
    ...{ sleeping: true, blind: true, watching: true, removing: true, stopped: true },
  };
  const { seated, ...others } = collectorMachine.states;
  const all = [...Object.keys(others), ...Object.keys(seated?.states ?? {})];
  expect(all.sort()).toEqual(Object.keys(typed).sort());
});
