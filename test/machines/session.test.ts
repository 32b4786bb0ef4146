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

/** The last transition after these events. An ignored event is an error. */
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

test('a run subscribes before it takes its lease, and takes its lease before its slot', () => {
  expect(initialTransition(session).effects).toEqual([]);
  expect(after('opened').effects).toEqual(['take-lease']);
  expect(after('opened', 'leased').effects).toEqual(['claim-slot']);
  expect(after('opened', 'leased', 'claimed').effects).toEqual(['reconcile']);
});

test('a session releases its lease in every transition to an end, and does nothing else', () => {
  const ends = tried.flatMap(({ taken }) => (taken !== 'ignored' && taken.done ? [taken] : []));
  expect(ends.length).toBeGreaterThan(0);
  for (const { effects } of ends) expect(effects).toEqual(['release-lease']);
});

test('a session has a cause for every end', () => {
  for (const { taken } of tried) {
    if (taken !== 'ignored' && taken.done) expect(causeOf(taken)).not.toBeNull();
  }
});

test.each(['expired', 'superseded', 'absent'] as const)(
  'a run that finds itself %s is fenced with this cause',
  (cause) => {
    const taken = after('opened', 'leased', 'claimed', 'reconciled', { type: 'ended', cause });
    expect(taken.to).toBe('fenced');
    expect(causeOf(taken)).toBe(cause);
  },
);

test('a run that lapsed only requests a regrant', () => {
  const lapsed = tried.filter(({ taken }) => taken !== 'ignored' && taken.to === 'lapsed');
  expect(lapsed.length).toBeGreaterThan(0);
  for (const { taken } of lapsed) {
    if (taken !== 'ignored') expect(taken.effects).toEqual(['regrant']);
  }
});

test('a run that gets its regrant continues in its state and reconciles', () => {
  const early = after('opened', 'leased', 'claimed', 'lapsed', 'regranted');
  expect([early.to, early.effects]).toEqual(['reconciling', ['reconcile']]);
  const late = after('opened', 'leased', 'claimed', 'reconciled', 'lapsed', 'regranted');
  expect([late.to, late.effects]).toEqual(['serving', ['reconcile']]);
});

test('a run whose lease lapses before it takes its slot gives up its run id', () => {
  const taken = after('opened', 'leased', 'lapsed');
  expect([taken.to, causeOf(taken)]).toEqual(['fenced', 'spent']);
});

test('a run that is not over leaves on request, in every state', () => {
  for (const { state, event, taken } of tried) {
    if (event.type !== 'told-to-leave') continue;
    const over = ['leaving', 'fenced', 'stopped'].includes(String(state.value));
    if (over) expect(taken).toBe('ignored');
    else expect(['leaving', 'stopped']).toContain(taken !== 'ignored' && taken.to);
  }
});

test('a run that has not taken its slot stops immediately on a request to leave', () => {
  expect(after('told-to-leave').to).toBe('stopped');
  expect(after('opened', 'told-to-leave').to).toBe('stopped');
});
