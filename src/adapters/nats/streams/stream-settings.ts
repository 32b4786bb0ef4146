import type { StreamConfig } from '@nats-io/jetstream';
import type { SubjectNames } from '../connection/subject-names.ts';

/** A stream's settings as the server says them; what it leaves out has its zero value. */
export type Settings = Partial<StreamConfig>;

/** The streams of a namespace, as this adapter creates them (docs/adr/0001-jetstream.md). */
export interface DesiredStreams {
  readonly leases: Settings & { readonly name: string };
  readonly registry: Settings & { readonly name: string };
  readonly audit: Settings & { readonly name: string };
  readonly keyframes: Settings & { readonly name: string };
}

/** Common to all: on disk, because memory loses revisions, in secret on three servers (B7). */
const kept = {
  retention: 'limits',
  storage: 'file',
  // A full stream refuses; it never drops what is there.
  discard: 'new',
  max_age: 0,
  max_msgs: -1,
  // Whoever may write one subject could wipe the whole bucket (B8).
  allow_rollup_hdrs: false,
} as const satisfies Settings;

export function desiredStreams(names: SubjectNames, replicas: number): DesiredStreams {
  const registry: DesiredStreams['registry'] = {
    ...kept,
    name: names.registry.stream,
    subjects: [`${names.registry.prefix}>`, `${names.eventPrefix}>`, `${names.fencePrefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    allow_direct: true,
    allow_atomic: true,
    allow_msg_ttl: true,
    deny_delete: true,
    // The outbox is emptied by a purge (tidy.ts).
    deny_purge: false,
  };
  const leases: DesiredStreams['leases'] = {
    ...kept,
    name: names.leases.stream,
    subjects: [`${names.leases.prefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    allow_direct: true,
    // No markers: a marker is not conditional and wipes the renewal that came in time (B1).
    allow_msg_ttl: true,
  };
  const audit: DesiredStreams['audit'] = {
    ...kept,
    name: names.auditStream,
    sources: [
      {
        name: names.registry.stream,
        subject_transforms: [{ src: `${names.eventPrefix}>`, dest: `${names.auditPrefix}>` }],
      },
    ],
    num_replicas: replicas,
    max_msgs_per_subject: -1,
    // Not s2: a server that is killed may not be able to read its copy again (docs/operations.md).
    compression: 'none',
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    // A TTL would be copied with the event, and the copy would lapse, deny_delete or not (B4).
    allow_msg_ttl: false,
  };
  const keyframes: DesiredStreams['keyframes'] = {
    ...kept,
    name: names.keyframes.stream,
    subjects: [`${names.keyframes.prefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    compression: 'none',
    allow_direct: true,
    deny_delete: true,
    // What a trimmed history needs no more is purged.
    deny_purge: false,
  };
  return { leases, registry, audit, keyframes };
}
