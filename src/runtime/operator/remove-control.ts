import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { ChainRef } from '../../domain/events/event-schema.ts';
import { chainSubject } from '../../domain/events/event-subjects.ts';
import type { RunId } from '../../domain/identity/names.ts';
import type { RegistryKey } from '../../domain/identity/registry-keys.ts';
import {
  type KeyValueEntry,
  readBrake,
  readDrain,
  readHold,
  readPolicy,
} from '../../domain/records/stored-record.ts';
import type { History } from '../../ports/audit.ts';
import { endDrain } from '../transitions/drain-changes.ts';
import { changePolicy, endHold, releaseBrake } from '../transitions/fleet-changes.ts';
import type { Author, Change } from '../transitions/record-change.ts';

/** The key of a record of the fleet: no run owns it. */
export type ControlKey = Exclude<RegistryKey, { kind: 'agent' | 'instance' }>;

/** The commands that end or replace the records of the fleet, as long as they can be read. */
const endOf = {
  hold: 'rollcall release',
  drain: 'rollcall undrain',
  brake: 'rollcall policy set, or rollcall gc run',
  policy: 'rollcall policy set',
} as const;

/** How to end or replace a record of the fleet; undefined if it cannot be read, so that no other command ends it. */
export function ownCommandOf(entry: KeyValueEntry, { kind }: ControlKey): string | undefined {
  const readers = { hold: readHold, drain: readDrain, brake: readBrake, policy: readPolicy };
  return readers[kind](entry).kind === 'unreadable' ? undefined : endOf[kind];
}

/**
 * What ends the chain of a record of the fleet that cannot be read: the change that its last event, which can be read,
 * allows. The policy has no end, so it is put back to that event. Undefined: no event of the history has such a record,
 * or the last one ended it.
 */
export async function lastChange(
  author: Author,
  { key, revision }: KeyValueEntry,
  of: ControlKey,
  audit: Pick<History, 'read'>,
): Promise<Change | undefined> {
  let text: string | undefined;
  for await (const stored of audit.read(0, [`${chainSubject(chainOf(of))}.*`])) {
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event' || read.event.of.entity !== of.kind) continue;
    if (!stored.subject.startsWith(`${chainSubject(read.event.of)}.`)) continue;
    const { record } = read.event;
    text = record === null ? undefined : JSON.stringify({ ...record, hash: read.hash });
  }
  if (text === undefined) return undefined;
  const last = { key, revision, text };
  const provenance = { evidence: { through: 'gc remove' } };
  if (of.kind === 'hold') {
    const read = readHold(last);
    return read.kind === 'stored' ? endHold(author, read, 'released', provenance) : undefined;
  }
  if (of.kind === 'drain') {
    const read = readDrain(last);
    return read.kind === 'stored' ? endDrain(author, read, 'ended', provenance) : undefined;
  }
  if (of.kind === 'brake') {
    const read = readBrake(last);
    return read.kind === 'stored' ? releaseBrake(author, read, provenance) : undefined;
  }
  const read = readPolicy(last);
  return read.kind === 'stored' ? changePolicy(author, read, read.record.policy) : undefined;
}

/** The chains of all runs that wrote a key. The run is `*`, which matches any run in a filter. */
function chainOf(of: ControlKey): ChainRef {
  const run = '*' as RunId;
  switch (of.kind) {
    case 'hold': {
      const { host, agent } = of;
      return { entity: 'hold', host, ...(agent !== undefined && { agent }), run };
    }
    case 'drain':
      return { entity: 'drain', target: of.target, run };
    case 'brake':
      return { entity: 'brake', zone: of.zone, run };
    case 'policy':
      return { entity: 'policy', run };
    default:
      return of satisfies never;
  }
}
