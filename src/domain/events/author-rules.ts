import { getOwn } from '../json.ts';
import type { AuditEvent } from './event-schema.ts';

/** Permitted author of an event, relative to the run of the event's chain. */
type Role = 'own' | 'successor' | 'another' | 'same-slot' | 'any';

/**
 * The permitted author of a transition, by the rules of the protocol (docs/reference/protocol.md §4), not
 * by the server's permissions. Undefined for an unknown event type.
 */
function permittedRole({ of, event }: AuditEvent): Role | undefined {
  if (of.entity === 'session' || of.entity === 'collector') return 'own';
  if (of.entity === 'instance' && event.type === 'removed') {
    return getOwn(removalRoles, String(event['why']));
  }
  return getOwn(rolesByEntity[of.entity], event.type);
}

const runRoles: Readonly<Record<string, Role>> = {
  started: 'own',
  confirmed: 'own',
  announced: 'own',
  regranted: 'own',
  withdrawn: 'own',
  left: 'own',
  superseded: 'successor',
  suspected: 'another',
  expired: 'another',
  removed: 'another',
};
const instanceRoles: Readonly<Record<string, Role>> = {
  registered: 'own',
  changed: 'own',
  failed: 'own',
  recovered: 'own',
  drained: 'own',
  adopted: 'successor',
};
const rolesByEntity: Readonly<
  Record<
    Exclude<AuditEvent['of']['entity'], 'session' | 'collector'>,
    Readonly<Record<string, Role>>
  >
> = {
  run: runRoles,
  instance: instanceRoles,
  // These belong to the fleet, not to a run: any author with the permissions.
  hold: { planned: 'any', extended: 'any', released: 'any', 'ran-out': 'any' },
  drain: { planned: 'any', changed: 'any', ended: 'any', 'ran-out': 'any' },
  brake: { tripped: 'any', 'let-through': 'any', released: 'any' },
  policy: { adopted: 'any', changed: 'any' },
  store: {
    'registry-lost-tail': 'any',
    'registry-made-anew': 'any',
    'audit-lost-tail': 'any',
    'audit-made-anew': 'any',
  },
};
/** A run also deregisters instances that an earlier run of its slot left. */
const removalRoles: Readonly<Record<string, Role>> = {
  deregistered: 'same-slot',
  left: 'same-slot',
  'owner-expired': 'another',
  superseded: 'another',
  orphan: 'another',
};

/** The author that the rules require for an event; undefined if its author is permitted. */
export function requiredAuthor(event: AuditEvent): string | undefined {
  const part = permittedRole(event);
  const { of, actor } = event;
  const sameSlot = 'host' in of && actor.host === of.host && actor.agent === of.agent;
  const own = sameSlot && actor.run === of.run;
  switch (part) {
    case 'own':
      return own ? undefined : 'the run itself';
    case 'successor':
      return sameSlot && !own ? undefined : 'a later run of its slot';
    case 'another':
      return own ? 'another run' : undefined;
    case 'same-slot':
      return sameSlot ? undefined : 'a run of its slot';
    case 'any':
      return undefined;
    case undefined:
      return knownTransitions(event);
    default:
      return part satisfies never;
  }
}

/** For an event that the rules do not have: what they have instead. */
function knownTransitions({ of, event }: AuditEvent): string {
  if (of.entity === 'instance' && event.type === 'removed') {
    return `a reason (why) that exists: ${Object.keys(removalRoles).join(', ')} (got ${JSON.stringify(event['why'] ?? null)})`;
  }
  const known =
    of.entity === 'session' || of.entity === 'collector' ? {} : rolesByEntity[of.entity];
  return `an event type that exists for ${of.entity}: ${[...Object.keys(known), ...(of.entity === 'instance' ? ['removed'] : [])].join(', ')} (got ${JSON.stringify(event.type)})`;
}
