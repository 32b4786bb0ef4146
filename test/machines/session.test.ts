import { expect, test } from 'vitest';
import type { EndCause } from '../../machines/session.ts';
import { session } from '../../src/runtime/transitions/machine-set.ts';
import {
  initialTransition,
  type Transition,
  transition,
} from '../../src/runtime/transitions/transition.ts';
import { examples } from './examples.ts';
import { walk } from './walk.ts';

const events = examples.find(({ machine }) => machine.id === 'session')?.events ?? [];
const tried = walk(session, { events });

/** The last step, after these events, none of which may be ignored. */
function after(...types: readonly (string | { type: string; cause: EndCause })[]): Transition {
  return types.reduce<Transition>((last, type) => {
    const event = typeof type === 'string' ? { type } : type;
    const taken = transition(session, { value: last.to, context: last.context }, event);
    if (taken === 'ignored') throw new Error(`${event.type} ignored in ${String(last.to)}`);
    return taken;
  }, initialTransition(session));
}
const causeOf = (taken: Transition): EndCause | null =>
  (taken.context as { cause: EndCause | null }).cause;

test('a run listens before it takes its lease, and takes its lease before its slot', () => {
  expect(initialTransition(session).effects).toEqual([]);
  expect(after('opened').effects).toEqual(['take-lease']);
  expect(after('opened', 'leased').effects).toEqual(['claim-slot']);
  expect(after('opened', 'leased', 'claimed').effects).toEqual(['reconcile']);
});

test('every way to end gives the lease back, and does nothing after that', () => {
  const ends = tried.flatMap(({ taken }) => (taken !== 'ignored' && taken.done ? [taken] : []));
  expect(ends.length).toBeGreaterThan(0);
  for (const { effects } of ends) expect(effects).toEqual(['release-lease']);
});

test('every end has a cause', () => {
  for (const { taken } of tried) {
    if (taken !== 'ignored' && taken.done) expect(causeOf(taken)).not.toBeNull();
  }
});

test.each(['expired', 'superseded', 'absent'] as const)(
  'a run that finds itself %s knows it',
  (cause) => {
    const taken = after('opened', 'leased', 'claimed', 'reconciled', { type: 'ended', cause });
    expect(taken.to).toBe('fenced');
    expect(causeOf(taken)).toBe(cause);
  },
);

test('a run that lapsed does nothing but ask to come back', () => {
  const lapsed = tried.filter(({ taken }) => taken !== 'ignored' && taken.to === 'lapsed');
  expect(lapsed.length).toBeGreaterThan(0);
  for (const { taken } of lapsed) {
    if (taken !== 'ignored') expect(taken.effects).toEqual(['regrant']);
  }
});

test('a run that comes back goes on where it was, and reconciles what changed meanwhile', () => {
  const early = after('opened', 'leased', 'claimed', 'lapsed', 'regranted');
  expect([early.to, early.effects]).toEqual(['reconciling', ['reconcile']]);
  const late = after('opened', 'leased', 'claimed', 'reconciled', 'lapsed', 'regranted');
  expect([late.to, late.effects]).toEqual(['serving', ['reconcile']]);
});

test('a lease that lapses before the slot is taken spends the run', () => {
  const taken = after('opened', 'leased', 'lapsed');
  expect([taken.to, causeOf(taken)]).toEqual(['fenced', 'spent']);
});

test('whoever is told to leave, leaves, from every state that is not over', () => {
  for (const { standing, event, taken } of tried) {
    if (event.type !== 'told-to-leave') continue;
    const over = ['leaving', 'fenced', 'stopped'].includes(String(standing.value));
    if (over) expect(taken).toBe('ignored');
    else expect(['leaving', 'stopped']).toContain(taken !== 'ignored' && taken.to);
  }
});

test('a run that has not taken its slot has nothing to withdraw', () => {
  expect(after('told-to-leave').to).toBe('stopped');
  expect(after('opened', 'told-to-leave').to).toBe('stopped');
});
