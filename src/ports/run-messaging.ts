import type { RunRef } from '../domain/identity/names.ts';
import type { Millis } from '../domain/time.ts';

/** What a run answers when asked whether it is there. */
export interface Pong {
  /** How late its event loop is running. */
  readonly lag: Millis;
  readonly state: string;
}

/** Said to a run by whoever did it, so that it looks at its record at once; it decides nothing. */
export type Notice = 'suspected' | 'expired' | 'superseded';

/** A run's own subject: whoever doubts a run asks it, whoever acts on it tells it. */
export interface RunMessaging {
  /**
   * Answers for this run; resolves once its own server routes to it. The others of a cluster know a
   * moment later: a single `no-responders` proves nothing about a run that has just begun.
   */
  serve(
    run: RunRef,
    respond: { pong(): Pong; onNotice(notice: Notice): void },
  ): Promise<AsyncDisposable>;

  /**
   * `no-responders`: the server knows nobody who listens there. `no-answer`: somebody listens and
   * says nothing, or the question got lost.
   * @throws {Fault} `store-unavailable`: not asked
   */
  ping(run: RunRef, within: Millis): Promise<Pong | 'no-responders' | 'no-answer'>;

  /** Not acknowledged; lost when nobody listens. */
  notify(run: RunRef, notice: Notice): void;
}
