import type { StreamConfig } from '@nats-io/jetstream';
import type { SubjectNames } from '../connection/subject-names.ts';
import { formatMetadata } from './namespace-format.ts';

/** A stream's settings as the server reports them. A missing setting has its zero value. */
export type Settings = Partial<StreamConfig>;

/** The streams of a namespace, as this adapter creates them (docs/adr/0001-jetstream.md). */
export interface DesiredStreams {
  readonly leases: Settings & { readonly name: string };
  readonly registry: Settings & { readonly name: string };
  readonly audit: Settings & { readonly name: string };
  readonly keyframes: Settings & { readonly name: string };
}

/** Common to all streams. On disk: memory loses revisions, on three servers without an error (B7). */
const commonSettings = {
  retention: 'limits',
  storage: 'file',
  // A full stream refuses new messages and never drops old ones.
  discard: 'new',
  max_age: 0,
  max_msgs: -1,
  // A client that may write one subject could delete the whole bucket (B8).
  allow_rollup_hdrs: false,
} as const satisfies Settings;

export function desiredStreams(names: SubjectNames, replicas: number): DesiredStreams {
  const registry: DesiredStreams['registry'] = {
    ...commonSettings,
    name: names.registry.stream,
    subjects: [`${names.registry.prefix}>`, `${names.eventPrefix}>`, `${names.fencePrefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    allow_direct: true,
    allow_atomic: true,
    allow_msg_ttl: true,
    deny_delete: true,
    // The outbox is trimmed by a purge (trim-outbox.ts).
    deny_purge: false,
    metadata: formatMetadata,
  };
  const leases: DesiredStreams['leases'] = {
    ...commonSettings,
    name: names.leases.stream,
    subjects: [`${names.leases.prefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    allow_direct: true,
    // No delete markers: they are unconditional and would delete a renewal that came in time (B1).
    allow_msg_ttl: true,
  };
  const audit: DesiredStreams['audit'] = {
    ...commonSettings,
    name: names.auditStream,
    sources: [
      {
        name: names.registry.stream,
        subject_transforms: [{ src: `${names.eventPrefix}>`, dest: `${names.auditPrefix}>` }],
      },
    ],
    num_replicas: replicas,
    max_msgs_per_subject: -1,
    // Not s2: after a kill a server may be unable to read its own copy (docs/adr/0009-audit-uncompressed.md).
    compression: 'none',
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    // A TTL would be copied with the event, and the copy would expire despite deny_delete (B4).
    allow_msg_ttl: false,
  };
  const keyframes: DesiredStreams['keyframes'] = {
    ...commonSettings,
    name: names.keyframes.stream,
    subjects: [`${names.keyframes.prefix}>`],
    num_replicas: replicas,
    max_msgs_per_subject: 1,
    compression: 'none',
    allow_direct: true,
    deny_delete: true,
    // Keyframes that a trimmed history no longer needs are purged.
    deny_purge: false,
  };
  return { leases, registry, audit, keyframes };
}
