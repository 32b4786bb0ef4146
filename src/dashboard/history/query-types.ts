import type { FlapCounts } from '../../domain/policy/flaps.ts';
import type { ApiDetails } from '../api-types.ts';
import type { PlacedGap } from './gaps.ts';

/** A query of a screen beyond the current states. Entities are numbers of the log. */
export type Query =
  | { readonly ask: 'density'; readonly bins: number; readonly from: number; readonly to: number }
  | Lanes
  | { readonly ask: 'history'; readonly entities: readonly number[]; readonly upTo: number }
  | Counted
  | Step
  | { readonly ask: 'between'; readonly a: number; readonly b: number }
  | { readonly ask: 'found'; readonly types: readonly string[]; readonly upTo: number }
  | { readonly ask: 'after'; readonly at: number }
  | { readonly ask: 'flaps'; readonly at: number }
  | { readonly ask: 'stirred'; readonly from: number; readonly to: number }
  | { readonly ask: 'when'; readonly seqs: readonly number[] };

export interface Lanes {
  readonly ask: 'lanes';
  readonly entities: readonly number[];
  readonly from: number;
  readonly to: number;
}
/** Counts the edges taken after `from` and up to `to`. Entities null: all of a machine. */
export interface Counted {
  readonly ask: 'edges';
  readonly machine: string;
  readonly entities: readonly number[] | null;
  readonly from: number;
  readonly to: number;
  /** Only events stored in this time. */
  readonly between?: { readonly from: number; readonly to: number };
}
export interface Step {
  readonly ask: 'step';
  readonly from: number;
  readonly forward: boolean;
  /** null: any. */
  readonly entities: readonly number[] | null;
  readonly problems: boolean;
}

export interface Transition {
  readonly seq: number;
  readonly at: number;
  readonly entity: number;
  readonly type: string;
  /** null: it began. */
  readonly from: string | null;
  readonly to: string;
  readonly chart: string;
  readonly edges: readonly string[];
  readonly note: ApiDetails;
}

export interface Density {
  readonly from: number;
  readonly to: number;
  readonly bins: readonly (readonly [transitions: number, problems: number])[];
  /** Chart changes, collectors that took a seat, and actions of operators. */
  readonly marks: readonly { readonly at: number; readonly seq: number; readonly what: string }[];
  /** Gaps in the history. Bins do not count missing events. */
  readonly gaps: readonly PlacedGap[];
}

export interface EdgeCounts {
  readonly counts: Readonly<Record<string, number>>;
  readonly last: readonly string[];
  readonly transitions: number;
}

export interface Lane {
  readonly entity: number;
  /** Its state at the beginning; null: it did not exist. */
  readonly start: string | null;
  readonly steps: readonly (readonly [at: number, state: string, type: string, seq: number])[];
  /** Steps before this moment are left out; null: these are all. */
  readonly cut: number | null;
}

/** How often an agent returned from suspicion, or died and was started again, and when it last did. */
export interface SlotFlaps extends FlapCounts {
  readonly host: string;
  readonly agent: string;
  readonly last: number;
}

/** An entity with transitions in a range, and how many of them are problems. */
export type Stirred = readonly [entity: number, problems: number];

export interface When {
  readonly seq: number;
  readonly at: number;
  readonly upTo: number;
}

/** The states of an entity at two sequences, of an instance its statuses; null: it did not exist. */
export interface Difference {
  readonly entity: number;
  readonly a: string | null;
  readonly b: string | null;
  /** The zone of a run. */
  readonly zone?: string | undefined;
}
