import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readMark } from '../history/store-mark.ts';
import { messageAt, originOf } from '../streams/last-event.ts';
import { pauseTrimming } from './pause-trimming.ts';
import { copyStream, type StreamHead } from './stream-copy.ts';

/** The streams of a backup. Leases are left out: agents renew them. */
const copiedParts = ['keyframes', 'audit', 'registry'] as const;
export type CopiedPart = (typeof copiedParts)[number];

export type NamespaceHeads = Readonly<Record<CopiedPart, StreamHead>>;

const attempts = 5;

export const streamOf = (names: SubjectNames, part: CopiedPart): string =>
  part === 'audit' ? names.auditStream : names[part].stream;

/**
 * Copies keyframes, audit and registry, in this order, while the fleet runs. Afterwards registry and audit
 * belong to one moment, the end of the registry's copy: events that are newer than the audit's copy are in
 * the outbox of the registry's copy, from where a restored audit copies them. If the outbox was trimmed
 * meanwhile, all is copied again.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function copyNamespace(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
  copy: (
    part: CopiedPart,
    fill: (write: (piece: Uint8Array) => Promise<void>) => Promise<StreamHead>,
  ) => Promise<StreamHead>,
): Promise<NamespaceHeads> {
  await using _ = await pauseTrimming(connection, names, within);
  for (let tries = 0; tries < attempts; tries += 1) {
    const one = (part: CopiedPart) =>
      copy(part, (write) => copyStream(connection, streamOf(names, part), within, write));
    const keyframes = await one('keyframes');
    const audit = await one('audit');
    const copied = await originAt(connection, names, audit.state.last_seq, within);
    const registry = await one('registry');
    const { mark } = await readMark(connection, names, within);
    if ((mark.trimmed?.origin ?? 0) <= copied) return { keyframes, audit, registry };
  }
  throw new Fault(
    'store-unavailable',
    `the outbox was trimmed during each of ${attempts} attempts to copy registry and audit`,
    { hint: 'a collector of an older version does not wait for a backup: upgrade it, or stop it' },
  );
}

/** The revision of the audit's event at a sequence; 0 without one. */
export async function originAt(
  connection: SupervisedConnection,
  names: SubjectNames,
  seq: Revision,
  within: Millis,
): Promise<Revision> {
  if (seq === 0) return 0;
  return originOf(await messageAt(connection, names.auditStream, { seq }, within), names.registry);
}
