import type { ApiDetails, ApiEntity, ApiGap, ApiHeartbeat, ApiHello } from '../../api-types.ts';
import type { Query } from '../../history/query-types.ts';

/** How the page stands to its server. Times are the browser's, unless they come from the server. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'broken';
  readonly hello: ApiHello | null;
  readonly mark: ApiHeartbeat | null;
  /** When the last mark came, and when it broke. */
  readonly markAt: number;
  readonly brokenSince: number | null;
  readonly attempt: number;
  readonly retryAt: number | null;
  /** What is wrong, in words. */
  readonly why: string | null;
  /** How far behind the server's clock this browser's is. */
  readonly skew: number;
  /** How much came in at once after a break. */
  readonly caughtUp: { readonly changes: number; readonly in: number } | null;
}

/** What of the history is in memory. Places, and when. */
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

/** Who stands otherwise than before; a state of -1: not there at this moment. */
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
 * The rows around a moment, so that a tab goes a few steps without asking: of each its place, when it
 * was, and how its entity stood before and after it.
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
  /** How many transitions came after it. */
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
      /** When collectors wrote last, where that changed. */
      readonly acts: readonly (readonly [entity: number, at: number])[];
      /** How often this tab was told of changes, these included. */
      readonly told: number;
      /** How many seeks were heard from this tab. */
      readonly heard: number;
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
      /** The tab has gone there by itself, when it had been told of changes so often. */
      readonly shown?: number;
    }
  | { readonly do: 'seek-time'; readonly at: number }
  | { readonly do: 'ask'; readonly id: number; readonly question: Query }
  | { readonly do: 'retry' }
  | { readonly do: 'hidden'; readonly hidden: boolean }
  | { readonly do: 'bye' };
