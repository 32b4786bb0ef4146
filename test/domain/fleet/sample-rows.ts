import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';

export type Kind = keyof typeof kinds;
export const kinds = {
  live: { state: 'live' },
  silent: { state: 'dubious', reason: 'silent' },
  unreachable: { state: 'dubious', reason: 'unreachable' },
  planned: { state: 'dubious', reason: 'planned' },
  unobserved: { state: 'dubious', reason: 'unobserved' },
  orphan: { state: 'dubious', reason: 'orphan' },
  superseded: { state: 'dubious', reason: 'superseded', successor: 'expired' },
  'not adopted yet': { state: 'dubious', reason: 'superseded', successor: 'registering' },
  'not adopted': { state: 'dubious', reason: 'superseded', successor: 'live' },
  contested: { state: 'dubious', reason: 'contested' },
  failing: { state: 'failing', health: { state: 'failing', detail: 'refused' } },
  draining: { state: 'draining', health: { state: 'draining', detail: null } },
  'silent, was failing': {
    ...{ state: 'dubious', reason: 'silent' },
    health: { state: 'failing', detail: 'refused' },
  },
  'silent, was draining': {
    ...{ state: 'dubious', reason: 'silent' },
    health: { state: 'draining', detail: null },
  },
} as const satisfies Record<string, Partial<InstanceRow>>;

/** A row as the join makes it, on a host of its own unless one is given. */
export function rowOf(kind: Kind, n: number, more: Partial<InstanceRow> = {}): InstanceRow {
  const where = { service: 'web', id: `${n}`, host: `h${n}`, agent: 'a', run: `run${n}` };
  const rest = { address: null, port: null, labels: {}, since: 0, revision: n };
  const well = { state: 'serving', detail: null } as const;
  return {
    ...where,
    ...rest,
    token: n,
    term: 1,
    reason: null,
    successor: null,
    health: well,
    ...kinds[kind],
    ...more,
  };
}

export const silence = { state: 'dubious', reason: 'silent' } as const;
