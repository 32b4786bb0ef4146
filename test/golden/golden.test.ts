import { describe, expect, it } from 'vitest';
import { collectorMachine } from '../../machines/collector.ts';
import { instanceMachine } from '../../machines/instance.ts';
import { runMachine } from '../../machines/run.ts';
import { sessionMachine } from '../../machines/session.ts';
import { replayMachines } from '../../src/runtime/audit/replay-machines.ts';
import { expectedOf, outcomeOf, recorded, recordings } from './recording.ts';
import { scenarios } from './scenarios.ts';

const names = await recordings();
const machines = { collectorMachine, instanceMachine, runMachine, sessionMachine };

it('every scenario is recorded, and nothing else', () => {
  expect(names).toEqual(Object.keys(scenarios).sort());
});

describe.each(names)('a history that was recorded: %s', (name) => {
  it('is what it was, and verifies', async () => {
    expect(await outcomeOf(recorded(name))).toEqual(await expectedOf(name));
  });

  it('goes the same way through the machines of today', async () => {
    const { signal } = new AbortController();
    const replayed = await replayMachines(recorded(name), machines, { signal });
    expect(replayed.causes).toEqual([]);
    expect(replayed).toMatchObject({ without: new Map(), illegible: 0 });
    expect(replayed.judged).toBe(replayed.events - replayed.unsure);
  });
});
