import { describe, expect, it } from 'vitest';
import {
  constantPause,
  growingPause,
  type Return,
  simulateReturn,
} from '../../tools/scale/simulate-return.ts';

const fleet: Return = {
  ...{ agents: 100, commitsEach: 1, rate: 100, answerWithin: 5, pause: constantPause, seed: 1 },
};

describe('the simulation of a fleet that returns', () => {
  it('takes as long as the commits take, if no agent waits longer than for its answer', () => {
    const returned = simulateReturn(fleet);
    expect(returned?.wasted).toBe(0);
    expect(returned?.all).toBeGreaterThanOrEqual(1);
    expect(returned?.all).toBeLessThan(2.1);
  });

  it('counts commits that are sent again, because their answer comes too late', () => {
    const returned = simulateReturn({ ...fleet, agents: 1000, commitsEach: 2 });
    expect(returned?.wasted).toBeGreaterThan(0.1);
    expect(returned?.all).toBeGreaterThan(20 * 1.1);
  });

  it('does not end if more commits are sent again than the store does', () => {
    expect(simulateReturn({ ...fleet, agents: 5000, commitsEach: 4 })).toBeUndefined();
  });

  it('has a shorter queue with pauses that grow', () => {
    const options = { ...fleet, agents: 6000 };
    const constant = simulateReturn(options);
    const growing = simulateReturn({ ...options, pause: growingPause });
    expect(growing?.queue).toBeLessThan(constant?.queue ?? 0);
    expect(growing?.all).toBeCloseTo(60, 0);
  });

  it('ends with the patience and the pauses of an agent: 10 000 with four commits each', () => {
    const many = { ...fleet, agents: 10_000, commitsEach: 4, rate: 180 };
    expect(simulateReturn({ ...many, pause: growingPause })).toBeUndefined();
    const patient = simulateReturn({ ...many, answerWithin: 60, pause: growingPause });
    expect(patient?.wasted).toBe(0);
    expect(patient?.all).toBeLessThan(240);
  });
});
