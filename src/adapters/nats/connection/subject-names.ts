import type { Namespace } from '../../../domain/identity/names.ts';

/** A KV bucket: the name of its stream and the subject prefix of its keys. */
export interface BucketNames {
  readonly stream: string;
  /** With the trailing dot. */
  readonly prefix: string;
}

/** The streams and subjects of a namespace (docs/reference/protocol.md). */
export interface SubjectNames {
  readonly namespace: Namespace;
  readonly leases: BucketNames;
  readonly registry: BucketNames;
  readonly keyframes: BucketNames;
  readonly auditStream: string;
  /** Where events are written (the outbox), with the trailing dot. */
  readonly eventPrefix: string;
  /**
   * Messages that carry those fences of a commit for which it has no event, with the trailing dot. The
   * next commit overwrites them; nothing reads them.
   */
  readonly fencePrefix: string;
  /** Events in the audit stream, with the trailing dot. */
  readonly auditPrefix: string;
  /** Requests and notices to runs, with the trailing dot. */
  readonly runPrefix: string;
  /** Exists while a restore replaces the other streams, or after one was interrupted. */
  readonly restore: { readonly stream: string; readonly subjectPrefix: string };
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
    restore: {
      stream: `ROLLCALL_${namespace}_restore`,
      subjectPrefix: `rollcall.${namespace}.restore.`,
    },
  };
}

/** Follows the KV naming convention, so that any KV tool can open the buckets. */
const bucket = (name: string): BucketNames => ({ stream: `KV_${name}`, prefix: `$KV.${name}.` });
