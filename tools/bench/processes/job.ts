import type { RunRef } from '../../../src/domain/identity/names.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Access } from '../environment/access.ts';

/** What a reader of the whole registry found, and what it cost. */
export interface Reading {
  readonly took: Millis;
  /** CPU time: what is left of it on a machine that does other things too. */
  readonly cpu: Millis;
  /** By how much the process grew, in bytes. */
  readonly grew: number;
  readonly count: number;
}

/** What a reader of a history in a file found, and what it cost. */
export interface FileReading {
  readonly took: Millis;
  /** The most memory that the process ever had, in bytes. */
  readonly peak: number;
  readonly events: number;
  readonly divergences: number;
}

/** How a moment of a history was reached. */
export interface Replaying {
  readonly took: Millis;
  readonly records: number;
  /** How many events were read, and from which keyframe on. */
  readonly folded: number;
  readonly keyframe: number;
}

/** The jobs of child processes: the task that each receives and the one answer that it sends. */
export interface Jobs {
  /** Agents with a connection each, their renewals spread; they live until the process ends. */
  readonly 'keep-agents': {
    readonly task: {
      readonly host: string;
      readonly agents: number;
      /** Of each agent. */
      readonly instances: number;
      readonly lease: LeasePolicy;
      /** The agents are in these by turns; none: in no zone. */
      readonly zones?: readonly string[];
      /** Whether they offer themselves for a seat. */
      readonly collect?: boolean;
    };
    readonly answer: readonly RunRef[];
  };
  /** A collector; answers when it watches. */
  readonly collect: {
    readonly task: { readonly lease: LeasePolicy; readonly name?: string };
    readonly answer: 'watching';
  };
  /** The records and renewals of so many runs, without their processes. */
  readonly 'renew-fleet': {
    readonly task: { readonly agents: number; readonly lease: LeasePolicy };
    readonly answer: 'renewing';
  };
  /** A collector: its share of a core in percent and its memory in MB, second by second. */
  readonly 'watch-fleet': {
    readonly task: {
      readonly lease: LeasePolicy;
      readonly rounds: number;
      readonly settle: Millis;
    };
    readonly answer: {
      readonly cpu: readonly number[];
      readonly memory: readonly number[];
      /** A second. */
      readonly heartbeats: number;
      readonly state: string;
    };
  };
  readonly 'read-directory': { readonly task: null; readonly answer: Reading };
  /** The bare client: every record's message, none of them read. */
  readonly 'read-bare': { readonly task: { readonly messages: number }; readonly answer: Reading };
  /** CPU time for one renewal, in µs, round by round. */
  readonly renew: {
    readonly task: { readonly rounds: number; readonly renewals: number; readonly atOnce: number };
    readonly answer: { readonly ours: readonly number[]; readonly bare: readonly number[] };
  };
  /** Events per second, round by round: replayed, and only parsed and hashed. */
  readonly replay: {
    readonly task: { readonly events: number; readonly rounds: number };
    readonly answer: { readonly ours: readonly number[]; readonly bare: readonly number[] };
  };
  /** Writes a history into a file; answers how many events it has. */
  readonly 'write-history': {
    readonly task: { readonly file: string; readonly events: number };
    readonly answer: number;
  };
  /** `audit verify --file`, in a process that does nothing else. */
  readonly 'verify-file': {
    readonly task: { readonly file: string };
    readonly answer: FileReading;
  };
  /** The same file: its lines parsed and hashed. */
  readonly 'read-file': { readonly task: { readonly file: string }; readonly answer: FileReading };
  /** `audit replay --at` the end of the namespace's audit. */
  readonly 'replay-at': {
    readonly task: { readonly keyframes: boolean };
    readonly answer: Replaying;
  };
}

export type JobName = keyof Jobs;

/** A job as it goes to the child. */
export interface Job<N extends JobName = JobName> {
  readonly name: N;
  readonly access: Access;
  readonly task: Jobs[N]['task'];
}

export type JobResult<N extends JobName = JobName> =
  | { readonly answer: Jobs[N]['answer'] }
  | { readonly failed: string };
