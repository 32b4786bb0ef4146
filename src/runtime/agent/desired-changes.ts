import {
  type Desired,
  diffInstances,
  type ReconcileAction,
} from '../../domain/records/desired-instances.ts';
import {
  registerInstance,
  removeInstance,
  transitionInstance,
} from '../transitions/instance-changes.ts';
import type { Change, Provenance } from '../transitions/record-change.ts';
import type { OwnedRecords } from './owned-records.ts';

/** As many of the changes as a commit has room for. */
export interface DesiredChanges {
  readonly changes: readonly Change[];
  /** The messages of these changes: records and events. */
  readonly messages: number;
  /** Whether no change is missing. */
  readonly isAll: boolean;
}

/**
 * The changes that make the known records equal to the desired instances. `room`: how many messages they
 * may have; `provenance`: of registrations and removals; `isLeftOut`: what must not be written now.
 */
export function desiredChanges(
  records: OwnedRecords,
  desired: Desired,
  room: number,
  provenance: Provenance,
  isLeftOut: (key: string) => boolean = () => false,
): DesiredChanges {
  const { self, instances } = records;
  const changes: Change[] = [];
  let messages = 0;
  for (const action of diffInstances(self.run, instances, desired)) {
    if (action.do !== 'remove' && records.isPutAside(action.desired)) continue;
    if (isLeftOut(keyOf(action))) continue;
    const change = changeOf(records, action, provenance);
    if (change === 'ignored') continue;
    const own = messagesOf(change);
    if (messages + own > room) return { changes, messages, isAll: false };
    messages += own;
    changes.push(change);
  }
  return { changes, messages, isAll: true };
}

/** The messages of a change: its record and its events. */
export const messagesOf = ({ events }: { readonly events: readonly unknown[] }): number =>
  1 + events.length;

const keyOf = (action: ReconcileAction): string =>
  action.do === 'register' ? action.existing.key : action.instance.key;

function changeOf(
  { author, chainHeads: heads }: OwnedRecords,
  action: ReconcileAction,
  provenance: Provenance,
): Change | 'ignored' {
  switch (action.do) {
    case 'register': {
      const { desired, existing } = action;
      return registerInstance(author, desired, existing, heads.get(existing.key), provenance);
    }
    case 'change':
      return transitionInstance(author, action.instance, {
        type: 'changed',
        ...action.desired,
      });
    case 'turn':
      return transitionInstance(author, action.instance, healthTransition(action));
    case 'remove':
      return removeInstance(author, action.instance, 'deregistered', provenance);
    default:
      return action satisfies never;
  }
}

function healthTransition({ desired: { health } }: ReconcileAction & { do: 'turn' }) {
  switch (health.state) {
    case 'serving':
      return { type: 'recovered' } as const;
    case 'failing':
      return { type: 'failed', detail: health.detail } as const;
    case 'draining':
      return { type: 'drained' } as const;
    default:
      return health satisfies never;
  }
}
