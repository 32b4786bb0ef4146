import type { EndCause, SessionEffect } from '../../machines/session.ts';
import type { RunEvidence } from '../../src/domain/collection/judge.ts';
import type { AgentRecord } from '../../src/domain/records/schemas.ts';

/** A run, an instance, a process, by number. `nobody`: no run. */
export const nobody = -1;

/** A stream sequence. Grows along a path; states that differ only in these numbers are the same. */
export type Rev = number;

/** The record under the slot's key; `run` is `nobody` for absence and for a tombstone. */
export interface SlotEntry {
  readonly rev: Rev;
  readonly run: number;
  readonly phase: AgentRecord['phase'];
  readonly suspect: boolean;
  /** The write by which the run took the slot: term 0, n 1. */
  readonly first: boolean;
}

/** The record under an instance's key; `n` counts the events of its chain. */
export interface InstanceEntry {
  readonly rev: Rev;
  readonly owner: number;
  readonly n: number;
}

interface HoldEntry {
  readonly rev: Rev;
  readonly stands: boolean;
}

/** An event of a run's chain, or of an instance's as that run owns it. */
export interface ChainStep {
  readonly run: number;
  /** The instance; undefined: the run itself. */
  readonly instance?: number;
  /** The predecessor as known by the writer: the record's revision, or n in an instance's chain. 0: none. */
  readonly after: number;
  readonly type: string;
}

interface Writing {
  /** `any`: no condition, only with weakened rules. */
  readonly expect: Rev | 'any';
  /** The revision that was judged or read for this decision. */
  readonly judged: Rev;
  readonly events: readonly ChainStep[];
}
export interface SlotWrite extends Writing {
  readonly key: 'slot';
  readonly put: Omit<SlotEntry, 'rev'> | undefined;
}
export interface InstanceWrite extends Writing {
  readonly key: number;
  readonly put: Omit<InstanceEntry, 'rev'> | undefined;
}
export type Write = SlotWrite | InstanceWrite;

/** One atomic commit as sent. `by`: the run whose own agent sent it, or a collector. */
export interface Commit {
  readonly by: number | 'collector';
  readonly writes: readonly Write[];
  readonly fences: readonly { readonly key: 'slot' | 'hold'; readonly expect: Rev }[];
}

export type Over = 'no' | 'superseded' | 'expired' | 'gone' | 'left' | 'deleted';

/** The facts about a run; only the properties read them, never a program. */
export interface RunTruth {
  readonly took: boolean;
  readonly over: Over;
  readonly process: number;
  /** By instance: number of events in this run's chain of it. */
  readonly heads: readonly number[];
}

/** A running effect of the session machine; `pc`: its next interaction with the store. */
export interface Task {
  readonly effect: SessionEffect;
  readonly pc: 'lease' | 'read' | 'check' | 'plan' | 'list' | 'send' | 'recheck' | 'release';
  /** The state that requested it was left; it ends where the code checks its signal. */
  readonly aborted: boolean;
  /** Whether the records under the prefix are known: `known` of reconcile, `listed` of withdraw. */
  readonly listed: boolean;
  readonly sending: Commit | undefined;
}

/** A process of an agent, with the session of its present run (src/runtime/agent/session.ts, holding.ts). */
export interface Process {
  /** `waiting`: not started; `gone`: ended by itself. */
  readonly life: 'waiting' | 'up' | 'frozen' | 'dead' | 'gone';
  readonly run: number;
  readonly session: string;
  readonly announced: boolean;
  readonly cause: EndCause | null;
  /** Its keeper may claim the lease. */
  readonly holds: boolean;
  readonly task: Task | undefined;
  readonly queue: readonly SessionEffect[];
  readonly agent: SlotEntry | undefined;
  readonly instances: readonly InstanceEntry[];
  readonly heads: readonly number[];
  /** By instance: the n of a removal that may have been stored; 0: none. */
  readonly unsure: readonly number[];
  readonly inDoubt: boolean;
  readonly spent: boolean;
  /** Bits: the instances of the process. */
  readonly wants: number;
  /** Bits: all runs of this process so far. */
  readonly former: number;
  readonly takeover: boolean;
}

/** The step of a collector. `idle` has no memory, so a killed collector and its successor are the same. */
export type Work =
  | { readonly at: 'idle' }
  | {
      readonly at: 'examine';
      readonly judged: SlotEntry;
      /** The observer's clocks, as its verdict will use them. */
      readonly ripe: 'silence' | 'late' | 'grace';
      readonly lease: RunEvidence['lease'];
      readonly probe: RunEvidence['probe'];
      readonly hold: RunEvidence['hold'];
      readonly holdRev: Rev;
    }
  | {
      readonly at: 'look-first';
      readonly run: number;
      readonly lease: 'stands' | 'unmoved' | 'absent';
    }
  | {
      readonly at: 'remove';
      readonly expired: SlotEntry;
      readonly view: readonly InstanceEntry[];
      /** Progress through the batches of the view. */
      readonly from: number;
    }
  | {
      readonly at: 'leftovers';
      readonly view: readonly InstanceEntry[];
      readonly slot: SlotEntry | undefined;
      /** Instances judged so far, by their owner's lease. */
      readonly judged: number;
      readonly next: number;
    };

/**
 * The lease of a run, as every observer sees it. `still`: the server keeps it, and it was not renewed for two
 * ttls. Only at a server whose clock was set back does a lease stand still instead of lapsing.
 */
type Lease = 'absent' | 'moving' | 'still';

/** The remaining budget of faults and requests. */
export interface Budget {
  readonly kills: number;
  readonly freezes: number;
  readonly lapses: number;
  readonly unknowns: number;
  readonly leaves: number;
  readonly changes: number;
  readonly holds: number;
  readonly doubts: number;
  readonly deletions: number;
}

/** The complete state: the store, the facts, the processes, and the remaining budget. */
export interface State {
  slot: SlotEntry;
  instances: readonly InstanceEntry[];
  hold: HoldEntry;
  lease: readonly Lease[];
  flight: readonly Commit[];
  last: Rev;
  runs: readonly RunTruth[];
  /** The owner of the slot wrote its record under a valid lease, which has been valid since. */
  vouched: boolean;
  processes: readonly Process[];
  collectors: readonly Work[];
  budget: Budget;
  /** The next unused run id. */
  fresh: number;
}

export const idle: Work = { at: 'idle' };
