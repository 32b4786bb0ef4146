import { seatTtl } from '../../../domain/fleet/observation.ts';
import { FleetCursor } from '../../history/fleet-cursor.ts';
import { runQuery } from '../../history/run-query.ts';
import type { TransitionLog } from '../../history/transition-log.ts';
import { nearbyOf } from '../protocol/nearby-rows.ts';
import { changesOf } from '../protocol/state-changes.ts';
import type { TabMessage, WorkerMessage } from '../protocol/worker-messages.ts';

/**
 * How many rows around its moment a tab gets, so that it can seek without the worker: `reach` rows to either
 * side, a few notches of the scrubber in a million. More are sent when fewer than `enough` are left ahead;
 * `later` runs that work when there is time.
 */
export interface PrefetchOptions {
  readonly reach: number;
  readonly enough: number;
  readonly later: (work: () => void, wait: number) => void;
}

const usual: PrefetchOptions = {
  reach: 500,
  enough: 250,
  later: (work, wait) => void setTimeout(work, wait),
};
/** A far seek without another for this long, in ms, is the last. */
const rest = 60;

type Send = (message: WorkerMessage) => void;

/** One tab's moment in the history that all tabs share, and what was sent to the tab. */
export class TabCursor {
  readonly #send: Send;
  #log: TransitionLog;
  #moment: FleetCursor;
  /** null: the newest. */
  #wanted: number | null = null;
  /** The exact time of the moment, of which `#wanted` is the last row; null: the time of that row. */
  #time: number | null = null;
  #words = 0;
  #entities = 0;
  /** Nothing was sent yet, so the next message has everything. */
  #fresh = true;
  /** The last acts of collectors that were sent to this tab. */
  readonly #acts = new Map<number, number>();
  #sentHead = '';
  #changeCount = 0;
  #seekCount = 0;
  /** Between these rows, ends included, the tab seeks without the worker. */
  #near = { from: 0, to: -1 };
  readonly #prefetch: PrefetchOptions;

  constructor(log: TransitionLog, send: Send, prefetch = usual) {
    this.#prefetch = prefetch;
    this.#log = log;
    this.#moment = new FleetCursor(log);
    this.#send = send;
  }

  /** Restarts with another history. */
  restart(log: TransitionLog): void {
    this.#log = log;
    this.#moment = new FleetCursor(log);
    this.#words = 0;
    this.#entities = 0;
    this.#fresh = true;
    this.#acts.clear();
    this.#near = { from: 0, to: -1 };
    this.#send({ is: 'reset' });
  }

  onMessage(message: TabMessage): void {
    if (message.do === 'seek') {
      this.#seekCount += 1;
      this.#wanted = message.at === 'head' ? null : message.at;
      this.#time = null;
      this.#answerSeek(message.shown === this.#changeCount);
    } else if (message.do === 'seek-time') {
      this.#seekCount += 1;
      this.#wanted = this.#seqAt(message.at);
      this.#time = message.exact ? message.at : null;
      this.#answerSeek(false);
    } else if (message.do === 'ask') {
      const value = runQuery(this.#log, message.question);
      this.#send({ is: 'answer', id: message.id, value });
    }
  }

  /** `shown`: the tab has already moved there, and no change that it did not know was sent since. */
  #answerSeek(shown: boolean): void {
    this.#sentHead = '';
    this.sendChanges(shown);
    if (this.#wanted === null) return;
    const { row } = this.#moment;
    const { from, to } = this.#near;
    const { enough, later } = this.#prefetch;
    if (shown && Math.min(row - from, to - row) >= enough) return;
    // A series of far seeks needs no rows around each: wait for the last one.
    const seeks = this.#seekCount;
    later(() => seeks === this.#seekCount && this.#sendNearby(), shown ? 0 : rest);
  }

  #sendNearby(): void {
    const log = this.#log;
    if (this.#wanted === null || this.#fresh || !log.isComplete) return;
    const { row } = this.#moment;
    const { reach } = this.#prefetch;
    const nearby = nearbyOf(log, row, reach);
    const from = Math.max(log.first, row - reach);
    this.#near = { from, to: from + nearby.seqs.length - 1 };
    this.#send({ is: 'nearby', ...this.#named(), nearby });
  }

  prepended(): void {
    this.#moment.prepended();
  }

  /** Sends the changes of the moment; also if only the number of newer transitions changed. */
  sendChanges(shown = false): void {
    const log = this.#log;
    if (log.to === 0) return;
    // Older rows may have been loaded since.
    if (this.#time !== null) this.#wanted = this.#seqAt(this.#time);
    const wanted = this.#wanted === null ? Infinity : Math.max(this.#wanted, log.floor);
    let changed = this.#moment.seek(Math.min(log.rowAt(wanted), log.end - 1));
    if (this.#fresh) changed = log.entities.values.map((_, entity) => entity);
    else if (shown) changed = [];
    this.#fresh = false;
    const head = this.#wanted === null || this.#wanted >= log.to;
    const row = this.#moment.row;
    const moment = {
      seq: head ? log.to : Math.max(this.#wanted ?? 0, log.floor),
      at: row >= log.first ? (this.#time ?? log.at.get(row)) : log.at.get(log.first),
      head: this.#wanted === null,
      newer: log.end - 1 - row,
    };
    const extent = {
      floor: log.floor,
      from: log.from,
      to: log.to,
      firstAt: log.at.get(Math.max(log.first, log.rowAt(log.floor) + 1)),
      lastAt: log.at.get(log.end - 1),
      gaps: log.gaps,
      complete: log.isComplete,
      rows: log.end - log.first,
    };
    const text = JSON.stringify([moment, extent]);
    if (changed.length === 0 && text === this.#sentHead) return;
    this.#sentHead = text;
    const changes = changesOf(changed, (n) => this.#moment.stateOf(changed[n] ?? 0));
    if (changed.length > 0) this.#changeCount += 1;
    const counts = { changeCount: this.#changeCount, seekCount: this.#seekCount };
    const acts = this.#newActs();
    this.#send({ is: 'moment', ...this.#named(), extent, moment, changes, acts, ...counts });
  }

  /** The sequence of the last row up to a time; 0: the first row is later, or not loaded yet. */
  #seqAt(time: number): number {
    const row = this.#log.rowAtTime(time);
    return row < this.#log.first ? 0 : this.#log.seq.get(row);
  }

  #newActs(): readonly (readonly [number, number])[] {
    const acts = [...this.#log.acts.lastAt].filter(([entity, at]) => this.#acts.get(entity) !== at);
    for (const [entity, at] of acts) this.#acts.set(entity, at);
    return acts;
  }

  /** The server has read the seats again: now it may be known who had one at a moment that was too recent before. */
  seatsSeen(): void {
    if (this.#wanted === null || this.#fresh) return;
    const at = this.#time ?? this.#log.at.get(this.#moment.row);
    const acts = [...this.#log.acts.lastAt];
    const isNew = acts.some(([entity, last]) => {
      const sent = this.#acts.get(entity) ?? 0;
      return sent + seatTtl < at && sent !== last;
    });
    if (!isNew) return;
    this.#sentHead = '';
    this.sendChanges();
  }

  /** The names that were not sent to this tab yet. */
  #named() {
    const words = this.#log.words.values.slice(this.#words);
    const entities = this.#log.entities.values.slice(this.#entities);
    this.#words += words.length;
    this.#entities += entities.length;
    return { words, entities };
  }
}
