import type { AnyStateMachine } from 'xstate';
import { type BrakeEvent, brakeMachine } from '../../machines/brake.ts';
import { type CollectorEvent, collectorMachine } from '../../machines/collector.ts';
import { type DrainEvent, drainMachine } from '../../machines/drain.ts';
import { type HoldEvent, holdMachine } from '../../machines/hold.ts';
import { type InstanceEvent, instanceMachine } from '../../machines/instance.ts';
import { type PolicyEvent, policyMachine } from '../../machines/policy.ts';
import { type RunEvent, runMachine } from '../../machines/run.ts';
import { type SessionEvent, sessionMachine } from '../../machines/session.ts';
import { type StoreEvent, storeMachine } from '../../machines/store.ts';

const run: readonly RunEvent[] = [
  { type: 'confirmed' },
  { type: 'announced' },
  { type: 'suspected', reason: 'silent' },
  { type: 'regranted' },
  { type: 'withdrawn' },
  { type: 'expired' },
  { type: 'superseded' },
  { type: 'removed' },
  { type: 'left' },
];

const instance: readonly InstanceEvent[] = [
  { type: 'changed' },
  { type: 'failed', detail: 'connection refused' },
  { type: 'recovered' },
  { type: 'drained' },
  { type: 'removed', why: 'deregistered' },
  { type: 'adopted' },
];

const session: readonly SessionEvent[] = [
  { type: 'opened' },
  { type: 'leased' },
  { type: 'claimed' },
  { type: 'spent' },
  { type: 'refused', why: 'a live run holds the slot' },
  { type: 'reconciled' },
  { type: 'lapsed', why: 'the renewal was refused' },
  { type: 'regranted' },
  { type: 'suspected' },
  { type: 'ended', cause: 'expired' },
  { type: 'ended', cause: 'superseded' },
  { type: 'ended', cause: 'absent' },
  { type: 'told-to-leave' },
  { type: 'left' },
  { type: 'gave-up' },
];

const collector: readonly CollectorEvent[] = [
  { type: 'seated', seat: 1 },
  { type: 'sighted' },
  { type: 'removal-begun' },
  { type: 'removal-done' },
  { type: 'kept', seq: 10_000, digest: 'ab'.repeat(32) },
  { type: 'blinded', why: 'its own seat was not seen renewed by the watch of the leases' },
  { type: 'unseated' },
  { type: 'stopped' },
];

const hold: readonly HoldEvent[] = [
  { type: 'extended' },
  { type: 'released' },
  { type: 'ran-out' },
];

const drain: readonly DrainEvent[] = [{ type: 'changed' }, { type: 'ended' }, { type: 'ran-out' }];

const brake: readonly BrakeEvent[] = [{ type: 'let-through' }, { type: 'released' }];

const policy: readonly PolicyEvent[] = [{ type: 'changed' }];

const store: readonly StoreEvent[] = [
  { type: 'registry-lost-tail' },
  { type: 'registry-made-anew' },
  { type: 'audit-lost-tail' },
  { type: 'audit-made-anew' },
];

/** A machine, and an example of every event that it can get after its chain began. */
export interface Example {
  readonly machine: AnyStateMachine;
  readonly events: readonly { readonly type: string }[];
}

export const examples: readonly Example[] = [
  { machine: runMachine, events: run },
  { machine: instanceMachine, events: instance },
  { machine: sessionMachine, events: session },
  { machine: collectorMachine, events: collector },
  { machine: holdMachine, events: hold },
  { machine: brakeMachine, events: brake },
  { machine: policyMachine, events: policy },
  { machine: storeMachine, events: store },
  { machine: drainMachine, events: drain },
];
