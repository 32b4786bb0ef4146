import type { RunRef } from '../domain/identity/names.ts';
import type { Millis } from '../domain/time.ts';

/** A run's answer to a ping. */
export interface Pong {
  /** How late the run's event loop is. */
  readonly lag: Millis;
  readonly state: string;
}

/** A notice that the run's record changed, so that the run reads it immediately. It decides nothing. */
export type Notice = 'suspected' | 'expired' | 'superseded';

/** How a run reacts to messages on its subject. */
export interface RunResponder {
  pong(): Pong;
  onNotice(notice: Notice): void;
  /**
   * The server refused the subscription, so neither pings nor notices arrive. It is tried again after the
   * next reconnect and after waits of 2 s to a minute; further refusals are not reported.
   */
  onRefused?(why: string): void;
  /** A subscription that had been refused works again. */
  onAccepted?(): void;
}

/** Messages on the subject of one run: collectors ping it and notify it; the run serves both. */
export interface RunMessaging {
  /**
   * Answers pings for this run. Its own server routes the subject before it processes anything that this
   * process sends after it resolved. Other servers of a cluster learn the subscription later, so one
   * `no-responders` proves nothing about a new run.
   */
  serve(run: RunRef, respond: RunResponder): Promise<AsyncDisposable>;

  /**
   * Asks a run whether it is alive. `no-responders`: the server knows no subscriber of the run's subject.
   * `no-answer`: there is a subscriber, and no answer came within `within`.
   * @throws {Fault} `store-unavailable`: the ping was not sent
   */
  ping(run: RunRef, within: Millis): Promise<Pong | 'no-responders' | 'no-answer'>;

  /** Sends a notice without acknowledgement. It is lost if the run is not subscribed. */
  notify(run: RunRef, notice: Notice): void;
}
