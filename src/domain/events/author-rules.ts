import { getOwn } from '../json.ts';
import type { AuditEvent } from './event-schema.ts';

/** Permitted author of an event, relative to the run of the event's chain. */
type Part = 'own' | 'successor' | 'another' | 'same-slot' | 'anybody';

/**
 * The permitted author of a transition, by the rules of the protocol (docs/reference/protocol.md §4), not
 * by the server's permissions. Undefined for an unknown event type.
 */
function partOf({ of, event }: AuditEvent): Part | undefined {
  if (of.entity === 'session' || of.entity === 'collector') return 'own';
  if (of.entity === 'instance' && event.type === 'removed') {
    return getOwn(removalParts, String(event['why']));
  }
  return getOwn(partsOf[of.entity], event.type);
}

const runParts: Readonly<Record<string, Part>> = {
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
const instanceParts: Readonly<Record<string, Part>> = {
  registered: 'own',
  changed: 'own',
  failed: 'own',
  recovered: 'own',
  drained: 'own',
  adopted: 'successor',
};
const partsOf: Readonly<
  Record<
    Exclude<AuditEvent['of']['entity'], 'session' | 'collector'>,
    Readonly<Record<string, Part>>
  >
> = {
  run: runParts,
  instance: instanceParts,
  // These belong to the fleet, not to a run: any author with the permissions.
  hold: { planned: 'anybody', extended: 'anybody', released: 'anybody', 'ran-out': 'anybody' },
  brake: { tripped: 'anybody', 'let-through': 'anybody', released: 'anybody' },
  policy: { adopted: 'anybody', changed: 'anybody' },
};
/** A run also deregisters instances that an earlier run of its slot left. */
const removalParts: Readonly<Record<string, Part>> = {
  deregistered: 'same-slot',
  left: 'same-slot',
  'owner-expired': 'another',
  superseded: 'another',
  orphan: 'another',
};

/** The author that an event should have; undefined if its author is permitted. */
export function checkAuthor(event: AuditEvent): string | undefined {
  const part = partOf(event);
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
    case 'anybody':
      return undefined;
    case undefined:
      return 'nobody: this transition is not known';
    default:
      return part satisfies never;
  }
}
