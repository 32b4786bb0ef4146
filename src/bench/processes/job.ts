import type { RunRef } from '../../domain/names.ts';
import type { LeasePolicy } from '../../domain/policy.ts';
import type { Millis } from '../../domain/time.ts';
import type { Access } from '../access.ts';

/** What a reader of the whole registry found, and what it cost. */
export interface Reading {
  readonly took: Millis;
  /** CPU time: what is left of it on a machine that does other things too. */
  readonly cpu: Millis;
  /** By how much the process grew, in bytes. */
  readonly grew: number;
  readonly count: number;
}

/** What child processes do: what each is told, and what it answers, once. */
export interface Jobs {
  /** Agents with a connection each, their renewals spread; they live until the process ends. */
  readonly 'keep-agents': {
    readonly task: {
      readonly host: string;
      readonly agents: number;
      /** Of each agent. */
      readonly instances: number;
      readonly lease: LeasePolicy;
    };
    readonly answer: readonly RunRef[];
  };
  /** A collector; answers when it watches. */
  readonly collect: { readonly task: { readonly lease: LeasePolicy }; readonly answer: 'watching' };
  readonly 'read-directory': { readonly task: null; readonly answer: Reading };
  /** The bare client: every record's message, none of them read. */
  readonly 'read-bare': { readonly task: { readonly messages: number }; readonly answer: Reading };
  /** CPU time for one renewal, in µs, round by round. */
  readonly renew: {
    readonly task: { readonly rounds: number; readonly renewals: number; readonly atOnce: number };
    readonly answer: { readonly ours: readonly number[]; readonly bare: readonly number[] };
  };
}

export type JobName = keyof Jobs;

/** A job as it goes to the child. */
export interface Job<N extends JobName = JobName> {
  readonly name: N;
  readonly access: Access;
  readonly task: Jobs[N]['task'];
}

export type Said<N extends JobName = JobName> =
  | { readonly answer: Jobs[N]['answer'] }
  | { readonly failed: string };
