import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import {
  burnMargin,
  burnTarget,
  maxBurn,
  registryLoss,
  type StoreLoss,
  type StoreMark,
  type StreamEnds,
} from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { messageAt } from '../streams/last-event.ts';
import { burnSequences } from './burn.ts';
import { type MarkRead, readMark, writeMark } from './store-mark.ts';
import { readEnds, registryLossNow } from './stream-ends.ts';
import { compareOutbox } from './unaudited.ts';

/**
 * Sees to it that this process never writes into sequences that a lost registry has used before: they
 * would repeat terms and tokens, and the audit would never copy the events.
 *
 * A store is exchanged for an older copy only while its servers are down. So the streams are compared once
 * for each connection, before the first write over it, and whenever a revision is lower than an earlier one.
 */
export class StoreGuard {
  readonly #connection: SupervisedConnection;
  readonly #names: SubjectNames;
  #checked = -1;
  #seen: Revision = 0;
  #running: Promise<number | string> | undefined;
  #looking: Promise<void> | undefined;

  constructor(connection: SupervisedConnection, names: SubjectNames) {
    this.#connection = connection;
    this.#names = names;
  }

  /**
   * Waits until this process may write, and returns the number of the connection over which it may; the
   * reason if that takes longer than `within`. A write that waits for another connection must ask again:
   * the store may have been exchanged in between.
   *
   * A user without the permission to compare the streams or to burn sequences may write: collectors republish
   * its events.
   */
  async ready(within: Millis): Promise<number | string> {
    const { generation } = this.#connection;
    const needsNoCheck = this.#checked === generation || this.#connection.reads === 'own-keys';
    if (needsNoCheck && this.#connection.up) return generation;
    this.#running ??= this.#checkOnce(within).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * Compares the streams without a change, and again after each reconnect: a process that only reads has no
   * need for more, and the first write finds it done or waits for it. Ends when the connection is closed.
   * `audit`: the state of the audit as it was just read over this connection.
   */
  lookAlways(within: Millis, audit?: StreamInfo): void {
    const { signal } = new AbortController();
    void (async () => {
      this.#looking = this.#look(within, audit);
      await this.#looking;
      while (await this.#connection.reconnected(signal)) {
        this.#looking = this.#look(within);
        await this.#looking;
      }
    })();
  }

  /** The highest revision of an acknowledged write of this process. */
  get seen(): Revision {
    return this.#seen;
  }

  /** A write was acknowledged. `before`: what had been seen when it was sent; it is always lower. */
  saw(revision: Revision, before: Revision): void {
    if (revision <= before) this.#checked = -1;
    else this.#seen = Math.max(this.#seen, revision);
  }

  /**
   * Compares the streams now, and burns sequences if the registry lost its tail.
   * @returns whether all of them are burned
   * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured`
   */
  async check(within: Millis): Promise<boolean> {
    const until = performance.now() + within;
    const left = () => Math.max(250, until - performance.now());
    for (let tries = 0; ; tries += 1) {
      const ends = await readEnds(this.#connection, this.#names, left());
      const read = await readMark(this.#connection, this.#names, left());
      const loss = await this.#lossIn(ends, read.mark, left());
      const { last } = ends.registry;
      if (loss === undefined) {
        const forgotten = this.#seen > last ? this.#seen + burnMargin : 0;
        const target = Math.max(burnTarget(read.mark), forgotten);
        if (last >= target || target - last > maxBurn) return true;
        return burnSequences(this.#connection, this.#names, target, left());
      }
      if (loss.kind === 'registry-lost-tail' && loss.origin - last > maxBurn) return true;
      if (performance.now() >= until) return false;
      await this.#claim(read, loss, ends.registry, left());
      if (tries > 0) await sleep(backoff(tries, 20, 500));
    }
  }

  #lossIn(ends: StreamEnds, mark: StoreMark, within: Millis): Promise<StoreLoss | undefined> {
    return registryLossNow(this.#connection, this.#names, ends, mark, within, this.#seen);
  }

  /** A loss or a failure is left to the first write. */
  async #look(within: Millis, audit?: StreamInfo): Promise<void> {
    if (this.#connection.reads === 'own-keys') return;
    const { generation } = this.#connection;
    try {
      const [ends, { mark }] = await Promise.all([
        readEnds(this.#connection, this.#names, within, audit),
        readMark(this.#connection, this.#names, within),
      ]);
      const isWhole = registryLoss(ends, mark, this.#seen) === undefined;
      if (isWhole && ends.registry.last >= burnTarget(mark)) this.#checked = generation;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
    }
  }

  async #checkOnce(within: Millis): Promise<number | string> {
    if (!(await this.#connection.connected(within))) return 'not connected';
    await this.#looking;
    const { generation } = this.#connection;
    if (this.#checked === generation) return generation;
    try {
      if (!(await this.check(within))) return 'the registry lost its tail and is being repaired';
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      if (cause.code === 'store-unavailable') return cause.message;
      // A missing stream may be there again before the next write.
      if (cause.code === 'store-misconfigured') return generation;
    }
    this.#checked = generation;
    return generation;
  }

  /**
   * Notes the loss in the mark, before any sequence is burned: from then on all processes agree on where
   * the registry ended. The write succeeds only if the stream has not changed since it was read.
   */
  async #claim(
    { mark, revision }: MarkRead,
    loss: StoreLoss,
    { begun, last }: { readonly begun: Revision; readonly last: Revision },
    within: Millis,
  ): Promise<void> {
    const isAnew = loss.kind === 'registry-made-anew';
    const kept = isAnew ? 0 : await this.#keptBefore(last, within);
    const pending = [...mark.pending, { ...loss, kept }];
    const next = { ...mark, pending, ...(isAnew && { begun }) };
    await writeMark(this.#connection, this.#names, { mark: next, revision }, within, last);
  }

  /**
   * The last revision before anything was written after the loss: another process, which could not burn
   * sequences, may have written already. Its events are not in the audit, and its records come right
   * before its events.
   */
  async #keptBefore(last: Revision, within: Millis): Promise<Revision> {
    const compared = await compareOutbox(this.#connection, this.#names, last, within);
    const first = compared.find(({ auditSeq }) => auditSeq === 0);
    if (first === undefined) return last;
    const { stream, prefix } = this.#names.registry;
    let kept = first.revision - 1;
    for (;;) {
      const before = await messageAt(this.#connection, stream, { seq: kept }, within);
      if (!before?.subject.startsWith(prefix)) return kept;
      kept -= 1;
    }
  }
}
