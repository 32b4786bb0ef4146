import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../../src/domain/events/audit-entry.ts';
import { g1 } from './g1.ts';
import { g3 } from './g3.ts';
import { g6 } from './g6.ts';
import { g10 } from './g10.ts';

const ttl = 3000;
const grace = 3000;

interface Told {
  readonly of: string;
  readonly type: string;
  readonly by?: string;
  readonly at?: number;
  readonly entity?: 'run' | 'instance';
  readonly lease?: string;
}

/** Events of runs in one slot, with the fields that the checkers read. */
const history = (...told: readonly Told[]): AuditEntry[] =>
  told.map(({ of: run, type, by = run, at = 0, entity = 'run', lease = 'absent' }, index) => {
    const slot = { host: 'h', agent: 'a' };
    const of = { entity, ...slot, run, ...(entity === 'instance' && { service: 's', id: 'i' }) };
    const record = { process: { pid: 7 }, ttl, grace };
    const event = { of, at, event: { type }, actor: { ...slot, run: by }, record };
    const evidence = { lease };
    return {
      kind: 'event',
      seq: index + 1,
      event: { ...event, evidence },
    } as unknown as AuditEntry;
  });

const started = { of: 'one', type: 'started' };
const suspected = { of: 'one', type: 'suspected', by: 'seat', at: 10_000 };
const expired = { of: 'one', type: 'expired', by: 'seat', at: 13_000 };
const instance = { of: 'one', entity: 'instance' } as const;
const removed = { ...instance, type: 'removed', by: 'seat' };
const everFit = { fitThroughout: () => true };
const neverFit = { fitThroughout: () => false };

test('instances of an expired run may be removed, and those of a live run may not (G1)', () => {
  expect(g1(history(started, suspected, expired, removed))).toEqual([]);
  expect(g1(history(started, suspected, removed))).toEqual([
    expect.stringMatching(/its owner lives/),
  ]);
  expect(g1(history(started, { ...instance, type: 'adopted', by: 'two' }))).toHaveLength(1);
  expect(g1(history(started, { ...instance, type: 'removed' }))).toEqual([]);
});

test('a run that is over writes nothing, and takes no slot again (G3)', () => {
  const registered = { ...instance, type: 'registered' };
  expect(g3(history(started, registered, suspected, expired))).toEqual([]);
  expect(g3(history(started, expired, registered))).toEqual([expect.stringMatching(/was expired/)]);
  expect(g3(history(started, started))).toEqual([expect.stringMatching(/took its slot before/)]);
});

test('a run is not expired within the grace, with a lease, or while it can answer (G6)', () => {
  expect(g6(history(started, suspected, expired), neverFit).complaints).toEqual([]);
  const early = history(started, suspected, { ...expired, at: 12_999 });
  expect(g6(early, neverFit).complaints).toEqual([
    expect.stringMatching(/suspect for 2999 ms only/),
  ]);
  const held = history(started, suspected, { ...expired, lease: 'stands' });
  expect(g6(held, neverFit).complaints).toEqual([expect.stringMatching(/lease was absent/)]);
  const fit = g6(history(started, suspected, expired), everFit);
  expect(fit.complaints).toEqual([expect.stringMatching(/nothing hindered process 7/)]);
  expect(fit).toMatchObject({ suspected: 1, suspectedInError: 1, expired: 1 });
});

test('a slot is taken only when it is free or its owner is over (G10)', () => {
  const two = { of: 'two', type: 'started' };
  expect(g10(history(started, suspected, expired, two))).toEqual([]);
  expect(g10(history(started, { of: 'one', type: 'superseded', by: 'two' }, two))).toEqual([]);
  expect(g10(history(started, two))).toEqual([expect.stringMatching(/one holds the slot/)]);
});
