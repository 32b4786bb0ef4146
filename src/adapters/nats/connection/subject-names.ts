import type { Namespace } from '../../../domain/identity/names.ts';

/** One of the KV buckets: where its stream is, and what comes before a key on the wire. */
export interface BucketNames {
  readonly stream: string;
  /** With the trailing dot. */
  readonly prefix: string;
}

/** Everything that a namespace is called on the server (docs/protocol.md). */
export interface SubjectNames {
  readonly namespace: Namespace;
  readonly leases: BucketNames;
  readonly registry: BucketNames;
  readonly keyframes: BucketNames;
  readonly auditStream: string;
  /** Where events are written (the outbox), with the trailing dot. */
  readonly eventPrefix: string;
  /**
   * Messages that carry a commit's fences where it has more of them than events, with the trailing dot:
   * each place is overwritten by the next commit, and nobody reads them.
   */
  readonly fencePrefix: string;
  /** Where the audit stream keeps them, with the trailing dot. */
  readonly auditPrefix: string;
  /** Where runs are asked and told, with the trailing dot. */
  readonly runPrefix: string;
}

export function subjectNamesOf(namespace: Namespace): SubjectNames {
  return {
    namespace,
    leases: bucket(`rollcall_${namespace}_leases`),
    registry: bucket(`rollcall_${namespace}_registry`),
    keyframes: bucket(`rollcall_${namespace}_keyframes`),
    auditStream: `ROLLCALL_${namespace}_audit`,
    eventPrefix: `rollcall.${namespace}.event.`,
    fencePrefix: `rollcall.${namespace}.fence.`,
    auditPrefix: `rollcall.${namespace}.audit.`,
    runPrefix: `rollcall.${namespace}.run.`,
  };
}

/** As the KV convention has it, so that anybody's KV tool opens the buckets. */
const bucket = (name: string): BucketNames => ({ stream: `KV_${name}`, prefix: `$KV.${name}.` });
