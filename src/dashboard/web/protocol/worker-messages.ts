import type { ApiDetails, ApiEntity, ApiGap, ApiHeartbeat, ApiHello } from '../../api-types.ts';
import type { Query } from '../../history/query-types.ts';

/** The connection of the page to its server. Times are the browser's, unless they come from the server. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'broken';
  readonly hello: ApiHello | null;
  readonly mark: ApiHeartbeat | null;
  /** When the last mark arrived, and when the connection broke. */
  readonly markAt: number;
  readonly brokenSince: number | null;
  readonly attempt: number;
  readonly retryAt: number | null;
  /** Why it is broken, as text. */
  readonly why: string | null;
  /** How far the browser's clock is behind the server's. */
  readonly skew: number;
}

/** The part of the history that is in memory: sequences and times. */
export interface Extent {
  readonly floor: number;
  readonly from: number;
  readonly to: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly gaps: readonly ApiGap[];
  readonly complete: boolean;
  readonly rows: number;
}

/** The entities whose state changed; a state of -1: it does not exist at this moment. */
export interface Changes {
  readonly entities: Int32Array;
  readonly states: Int32Array;
  readonly since: Float64Array;
  readonly charts: Int32Array;
  readonly seqs: Float64Array;
  /** Sequence and time of the event that began its registration or suspicion; when its chain began. */
  readonly origins: Float64Array;
  readonly originTimes: Float64Array;
  readonly starts: Float64Array;
  readonly notes: readonly ApiDetails[];
}

/**
 * The rows around a moment, so that a tab can seek a few steps without the worker: the sequence and time of
 * each, and the state of its entity before and after it.
 */
export interface Nearby {
  readonly seqs: Float64Array;
  readonly ats: Float64Array;
  readonly before: Changes;
  readonly after: Changes;
}

export interface AtMoment {
  readonly seq: number;
  readonly at: number;
  readonly head: boolean;
  /** Number of transitions after it. */
  readonly newer: number;
}

export type WorkerMessage =
  | { readonly is: 'connection'; readonly connection: Connection }
  | { readonly is: 'reset' }
  | {
      readonly is: 'moment';
      readonly words: readonly string[];
      readonly entities: readonly ApiEntity[];
      readonly extent: Extent;
      readonly moment: AtMoment;
      readonly changes: Changes;
      /** The last acts of collectors, where they changed. */
      readonly acts: readonly (readonly [entity: number, at: number])[];
      /** How many messages with changes were sent to this tab, this one included. */
      readonly changeCount: number;
      /** How many seeks the worker received from this tab. */
      readonly seekCount: number;
    }
  | {
      readonly is: 'nearby';
      readonly words: readonly string[];
      readonly entities: readonly ApiEntity[];
      readonly nearby: Nearby;
    }
  | { readonly is: 'answer'; readonly id: number; readonly value: unknown };

export type TabMessage =
  | {
      readonly do: 'seek';
      readonly at: number | 'head';
      /** The tab has already moved there, after this many messages with changes. */
      readonly shown?: number;
    }
  | {
      readonly do: 'seek-time';
      readonly at: number;
      /** The moment is this time, not that of the last row before it. */
      readonly exact?: true;
    }
  | { readonly do: 'ask'; readonly id: number; readonly question: Query }
  | { readonly do: 'retry' }
  | { readonly do: 'hidden'; readonly hidden: boolean }
  | { readonly do: 'bye' };
