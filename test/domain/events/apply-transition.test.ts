import { describe, expect, test } from 'vitest';
import {
  runMachineState,
  runState,
  withInstanceTransition,
  withRunTransition,
} from '../../../src/domain/events/apply-transition.ts';
import { agentRecord, instanceRecord } from '../support/sample-records.ts';

const before = Date.UTC(2026, 0, 1);
const now = Date.UTC(2026, 0, 2);
const present = (phase: string, sight: string) => ({ present: { phase, sight } });
const silent = { reason: 'silent', since: before } as const;

describe('the state of a run', () => {
  test.each([
    ['registering', undefined, present('registering', 'clear'), 'registering'],
    ['live', undefined, present('live', 'clear'), 'live'],
    ['live', silent, present('live', 'suspect'), 'suspect'],
    ['leaving', silent, present('leaving', 'suspect'), 'suspect'],
    ['expired', undefined, 'expired', 'expired'],
    ['expired', silent, 'expired', 'expired'],
  ] as const)(
    'in a %s record with suspicion %o is %o, shown as %s',
    (phase, suspect, value, shown) => {
      const record = agentRecord('h1/a', 'run1', { phase, ...(suspect && { suspect }) });
      expect(runMachineState(record)).toEqual(value);
      expect(runState(record)).toBe(shown);
    },
  );

  test.each(['registering', 'live', 'leaving'] as const)(
    'after a transition to %s is read back from the record',
    (phase) => {
      for (const sight of ['clear', 'suspect']) {
        const moved = withRunTransition(
          agentRecord('h1/a', 'run1'),
          9,
          present(phase, sight),
          now,
          'silent',
        );
        expect(runMachineState(moved)).toEqual(present(phase, sight));
      }
    },
  );
});

describe('a rewrite of an agent record', () => {
  test('sets the term to the revision that took the slot, once', () => {
    const taken = withRunTransition(agentRecord('h1/a', 'run1'), 9, present('live', 'clear'), now);
    expect(taken.term).toBe(9);
    expect(withRunTransition(taken, 12, present('leaving', 'clear'), now).term).toBe(9);
  });

  test('keeps the times of the last changes of phase and suspicion', () => {
    const live = agentRecord('h1/a', 'run1');
    expect(withRunTransition(live, 9, present('live', 'clear'), now).since).toBe(before);
    expect(withRunTransition(live, 9, present('leaving', 'clear'), now).since).toBe(now);
    expect(withRunTransition(live, 9, present('live', 'suspect'), now, 'silent').since).toBe(now);
    const doubted = agentRecord('h1/a', 'run1', { suspect: silent });
    expect(withRunTransition(doubted, 9, present('live', 'suspect'), now, 'silent').since).toBe(
      before,
    );
    expect(withRunTransition(doubted, 9, present('live', 'clear'), now).since).toBe(now);
  });

  test('records a suspicion with reason and time, and keeps the first one', () => {
    const doubted = withRunTransition(
      agentRecord('h1/a', 'run1'),
      9,
      present('live', 'suspect'),
      now,
      'unreachable',
    );
    expect(doubted.suspect).toEqual({ reason: 'unreachable', since: now });
    const again = withRunTransition(doubted, 10, present('leaving', 'suspect'), now + 1);
    expect(again.suspect).toEqual({ reason: 'unreachable', since: now });
  });

  test('drops a refuted suspicion, and keeps the one that led to expiry', () => {
    const doubted = agentRecord('h1/a', 'run1', { suspect: silent });
    expect(withRunTransition(doubted, 9, present('live', 'clear'), now)).not.toHaveProperty(
      'suspect',
    );
    const dead = withRunTransition(doubted, 9, 'expired', now);
    expect([dead.phase, dead.suspect, dead.since]).toEqual(['expired', silent, now]);
  });

  test('keeps fields that this version does not know', () => {
    const newer = { ...agentRecord('h1/a', 'run1'), colour: 'blue' };
    expect(withRunTransition(newer, 9, present('live', 'clear'), now)).toHaveProperty(
      'colour',
      'blue',
    );
  });
});

describe('a rewrite of an instance record', () => {
  test('sets the token to the revision of the registration, once', () => {
    const moved = withInstanceTransition(
      instanceRecord('h1/a', 'run1', 'web/1'),
      9,
      'failing',
      now,
    );
    expect(moved.token).toBe(9);
    expect(withInstanceTransition(moved, 12, 'serving', now).token).toBe(9);
  });

  test('keeps the time at which the state was entered', () => {
    const record = instanceRecord('h1/a', 'run1', 'web/1');
    expect(withInstanceTransition(record, 9, 'serving', now).since).toBe(before);
    expect(withInstanceTransition(record, 9, 'failing', now).since).toBe(now);
    expect(withInstanceTransition(record, 9, 'failing', now).registeredAt).toBe(before);
  });
});
