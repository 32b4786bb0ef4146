import type { RunRef } from '../../../src/domain/identity/names.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Access } from '../environment/access.ts';

/** The result and the cost of reading the whole registry. */
export interface Reading {
  readonly took: Millis;
  /** CPU time, which other load on the machine affects less than elapsed time. */
  readonly cpu: Millis;
  /** The growth of the process, in bytes: resident, without a forced collection. */
  readonly grew: number;
  /** The growth of its heap, after a collection. */
  readonly heap: number;
  readonly count: number;
}

/** The result and the cost of reading a history from a file. */
export interface FileReading {
  readonly took: Millis;
  /** The peak memory of the process, in bytes. */
  readonly peak: number;
  readonly events: number;
  readonly divergences: number;
}

/** How a replay reached a moment of the history. */
export interface Replaying {
  readonly took: Millis;
  readonly records: number;
  /** The number of events read, and the keyframe that the replay started from. */
  readonly folded: number;
  readonly keyframe: number;
}

/** The jobs of child processes: the task that each receives and the one answer that it sends. */
export interface Jobs {
  /** Agents, each with its own connection. They run until the process ends. */
  readonly 'keep-agents': {
    readonly task: {
      readonly host: string;
      readonly agents: number;
      /** Per agent. */
      readonly instances: number;
      readonly lease: LeasePolicy;
      /** The zones of the agents, in rotation; empty: no zone. */
      readonly zones?: readonly string[];
      /** Whether they apply for a collector seat. */
      readonly collect?: boolean;
      /** Whether all start at the same moment, together with other processes; otherwise their starts and renewals are spread evenly. */
      readonly atOnce?: boolean;
    };
    readonly answer: readonly RunRef[];
  };
  /** An HTTP service with an agent and one instance. It runs until the process ends. */
  readonly 'keep-service': {
    readonly task: {
      readonly name: string;
      readonly service: string;
      readonly lease: LeasePolicy;
      /** How long it drains after SIGTERM; afterwards it ends. */
      readonly drainFor?: Millis;
    };
    readonly answer: { readonly port: number };
  };
  /** An agent with its local API. It runs until the process ends. */
  readonly 'keep-api': {
    readonly task: { readonly lease: LeasePolicy };
    readonly answer: { readonly url: string; readonly stateDir: string };
  };
  /** A program that keeps a request open. It runs until the process ends. */
  readonly attach: { readonly task: { readonly url: string }; readonly answer: 'attached' };
  /** Fills a backend of HAProxy with the instances of a service. It runs until the process ends. */
  readonly 'sync-haproxy': {
    readonly task: {
      readonly socket: string;
      readonly backend: string;
      readonly service: string;
      /** The state file of HAProxy. */
      readonly stateFile?: string;
    };
    readonly answer: 'following';
  };
  /** An agent with the containers of an engine. It runs until SIGTERM. */
  readonly 'keep-containers': {
    readonly task: { readonly lease: LeasePolicy; readonly socketPath: string };
    /** From the first question to the engine until all running containers are registered. */
    readonly answer: { readonly took: Millis };
  };
  /** The DNS door with a complete view of this number of services. It runs until the process ends. */
  readonly 'serve-dns': {
    readonly task: { readonly services: number };
    readonly answer: { readonly port: number; readonly answerBytes: number };
  };
  /** A UDP server without logic. It runs until the process ends. */
  readonly 'answer-udp': {
    readonly task: { readonly bytes: number };
    readonly answer: { readonly port: number };
  };
  /** A collector. Answers when it watches. */
  readonly collect: {
    readonly task: { readonly lease: LeasePolicy; readonly name?: string };
    readonly answer: 'watching';
  };
  /** The records and renewals of a number of runs, without their processes. */
  readonly 'renew-fleet': {
    readonly task: { readonly agents: number; readonly lease: LeasePolicy };
    readonly answer: 'renewing';
  };
  /** A collector: its share of a core in percent and its memory in MB, for each second. */
  readonly 'watch-fleet': {
    readonly task: {
      readonly lease: LeasePolicy;
      readonly rounds: number;
      readonly settle: Millis;
    };
    readonly answer: {
      readonly cpu: readonly number[];
      readonly memory: readonly number[];
      /** Per second. */
      readonly heartbeats: number;
      readonly state: string;
    };
  };
  readonly 'read-directory': { readonly task: null; readonly answer: Reading };
  /** Many watchers of the registry. Answers with the times at which each saw each instance that is added. */
  readonly 'watch-change': {
    readonly task: {
      readonly watchers: number;
      readonly kind: 'directory' | 'bare' | 'etcd';
      readonly rounds: number;
      /** As for `register`. */
      readonly etcd: string | undefined;
    };
    readonly answer: readonly (readonly Millis[])[];
  };
  /** The bare client: receives the message of every record and parses it as JSON. */
  readonly 'read-etcd': {
    readonly task: { readonly etcd: string };
    readonly answer: Reading;
  };
  readonly 'read-bare': { readonly task: { readonly messages: number }; readonly answer: Reading };
  /** CPU time for one renewal in µs, for each round. */
  readonly renew: {
    readonly task: { readonly rounds: number; readonly renewals: number; readonly atOnce: number };
    readonly answer: { readonly ours: readonly number[]; readonly bare: readonly number[] };
  };
  /** One agent that starts in each round, and the bare client with the same records, in turns. */
  readonly register: {
    readonly task: {
      readonly instances: number;
      readonly rounds: number;
      /** The address of an etcd that stores the same records; undefined: none. */
      readonly etcd: string | undefined;
    };
    readonly answer: {
      /** From the call until the agent serves; until a watcher has all of its instances; CPU time. */
      readonly serving: readonly Millis[];
      readonly seen: readonly Millis[];
      readonly cpu: readonly Millis[];
      /** The same records by the bare client; the same records and events. */
      readonly records: readonly Millis[];
      readonly messages: readonly Millis[];
      /** The same records in one transaction of etcd: until it answers; until a watcher has all. */
      readonly etcdStored: readonly Millis[];
      readonly etcdSeen: readonly Millis[];
      /** How many messages the agent stored in the registry. */
      readonly count: number;
    };
  };
  /** Agents that start at once, and batches of the same messages by the bare client, per second. */
  readonly join: {
    readonly task: {
      readonly agents: number;
      readonly rounds: number;
      /** As for `register`. */
      readonly etcd: string | undefined;
    };
    readonly answer: {
      readonly ours: readonly number[];
      readonly bare: readonly number[];
      /** As many clients of etcd that store the same records, a connection and a lease each. */
      readonly etcd: readonly number[];
      /** The messages in the registry for each agent. */
      readonly messages: readonly number[];
    };
  };
  /** Leases of the bare client, one connection each. It runs until the process ends. */
  readonly 'keep-leases': {
    readonly task: { readonly agents: number; readonly lease: LeasePolicy };
    readonly answer: 'renewing';
  };
  /** Events per second for each round: with replay, and with parsing and hashing only. */
  readonly replay: {
    readonly task: { readonly events: number; readonly rounds: number };
    readonly answer: { readonly ours: readonly number[]; readonly bare: readonly number[] };
  };
  /** Writes a history into a file. Answers with the number of events. */
  readonly 'write-history': {
    readonly task: { readonly file: string; readonly events: number };
    readonly answer: number;
  };
  /** `audit verify --file` in a process of its own. */
  readonly 'verify-file': {
    readonly task: { readonly file: string };
    readonly answer: FileReading;
  };
  /** The same file, with its lines only parsed and hashed. */
  readonly 'read-file': { readonly task: { readonly file: string }; readonly answer: FileReading };
  /** `audit replay --at` the end of the namespace's audit. */
  readonly 'replay-at': {
    readonly task: { readonly keyframes: boolean };
    readonly answer: Replaying;
  };
}

export type JobName = keyof Jobs;

/** A job as it is sent to the child. */
export interface Job<N extends JobName = JobName> {
  readonly name: N;
  readonly access: Access;
  readonly task: Jobs[N]['task'];
}

export type JobResult<N extends JobName = JobName> =
  | { readonly answer: Jobs[N]['answer'] }
  | { readonly failed: string };
