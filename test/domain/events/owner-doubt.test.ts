import { expect, test } from 'vitest';
import { ownerDoubt } from '../../../src/domain/events/owner-doubt.ts';

const live = { present: { phase: 'live', sight: 'clear' } };
const suspect = { present: { phase: 'live', sight: 'suspect' } };
const of = { entity: 'run', host: 'h1', agent: 'a', run: 'run00000' };
type Transition = Parameters<typeof ownerDoubt>[0];
const doubtOf = (event: object, from: unknown, to: unknown, what: object = of) =>
  ownerDoubt({ of: what, event, from, to } as unknown as Transition);

test.each([
  ['a suspicion', { type: 'suspected', reason: 'silent' }, live, suspect, 'silent'],
  ['the next run of the slot', { type: 'superseded' }, live, 'superseded', 'superseded'],
  ['an expiry without a suspicion', { type: 'expired' }, live, 'expired', 'silent'],
])('%s makes the instances of a run dubious', (_, event, from, to, reason) => {
  expect(doubtOf(event, from, to)).toEqual({ kind: 'begins', reason });
});

test('a refuted suspicion ends it', () => {
  expect(doubtOf({ type: 'regranted' }, suspect, live)).toEqual({ kind: 'ends' });
});

test.each([
  ['the end of an expired run', { type: 'removed' }, 'expired', 'gone'],
  ['the expiry of a suspect run', { type: 'expired' }, suspect, 'expired'],
  ['a start', { type: 'started' }, null, live],
  ['an orderly end', { type: 'left' }, live, 'left'],
])('%s changes nothing', (_, event, from, to) => {
  expect(doubtOf(event, from, to)).toBeUndefined();
});

test('only runs own instances', () => {
  const session = { ...of, entity: 'session' };
  expect(doubtOf({ type: 'suspected', reason: 'silent' }, live, suspect, session)).toBeUndefined();
});
