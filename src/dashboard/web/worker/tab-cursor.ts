import { FleetCursor } from '../../history/fleet-cursor.ts';
import { runQuery } from '../../history/run-query.ts';
import type { TransitionLog } from '../../history/transition-log.ts';
import { nearbyOf } from '../protocol/nearby-rows.ts';
import { changesOf } from '../protocol/state-changes.ts';
import type { TabMessage, WorkerMessage } from '../protocol/worker-messages.ts';

/**
 * How much of what is around it a tab is given to go by itself: `reach` rows to either side, a few notches of
 * the scrubber in a million; again when fewer than `enough` are ahead; `later`: when there is time.
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
/** So long after a far seek the hand rests, in ms. */
const rest = 60;

type Tell = (message: WorkerMessage) => void;

/** One tab's moment in the history that all tabs share, and what the tab has been told so far. */
export class TabCursor {
  readonly #tell: Tell;
  #log: TransitionLog;
  #moment: FleetCursor;
  /** null: whatever is newest. */
  #wanted: number | null = null;
  #words = 0;
  #entities = 0;
  /** Everything is to be told: nothing has been. */
  #fresh = true;
  /** When collectors wrote last, as this tab knows it. */
  readonly #acts = new Map<number, number>();
  #headTold = '';
  #told = 0;
  #heard = 0;
  /** Between these rows, ends included, the tab finds its way by itself. */
  #near = { from: 0, to: -1 };
  readonly #provision: PrefetchOptions;

  constructor(log: TransitionLog, tell: Tell, provision = usual) {
    this.#provision = provision;
    this.#log = log;
    this.#moment = new FleetCursor(log);
    this.#tell = tell;
  }

  /** Another history altogether. */
  restart(log: TransitionLog): void {
    this.#log = log;
    this.#moment = new FleetCursor(log);
    this.#words = 0;
    this.#entities = 0;
    this.#fresh = true;
    this.#acts.clear();
    this.#near = { from: 0, to: -1 };
    this.#tell({ is: 'reset' });
  }

  heard(message: TabMessage): void {
    if (message.do === 'seek') {
      this.#heard += 1;
      this.#wanted = message.at === 'head' ? null : message.at;
      this.#answerSeek(message.shown === this.#told);
    } else if (message.do === 'seek-time') {
      this.#heard += 1;
      const row = this.#log.rowAtTime(message.at);
      this.#wanted = row < this.#log.first ? 0 : this.#log.seq.get(row);
      this.#answerSeek(false);
    } else if (message.do === 'ask') {
      const value = runQuery(this.#log, message.question);
      this.#tell({ is: 'answer', id: message.id, value });
    }
  }

  /** `shown`: the tab has gone there by itself, and nothing that it did not know was told meanwhile. */
  #answerSeek(shown: boolean): void {
    this.#headTold = '';
    this.tellChanges(shown);
    if (this.#wanted === null) return;
    const { row } = this.#moment;
    const { from, to } = this.#near;
    const { enough, later } = this.#provision;
    if (shown && Math.min(row - from, to - row) >= enough) return;
    // A hand that goes far needs none of them: it is waited until it rests.
    const seeks = this.#heard;
    later(() => seeks === this.#heard && this.#tellNearby(), shown ? 0 : rest);
  }

  #tellNearby(): void {
    const log = this.#log;
    if (this.#wanted === null || this.#fresh || !log.isComplete) return;
    const { row } = this.#moment;
    const { reach } = this.#provision;
    const nearby = nearbyOf(log, row, reach);
    const from = Math.max(log.first, row - reach);
    this.#near = { from, to: from + nearby.seqs.length - 1 };
    this.#tell({ is: 'nearby', ...this.#named(), nearby });
  }

  prepended(): void {
    this.#moment.prepended();
  }

  /** How many transitions are newer is worth a word, also where nothing else changed. */
  tellChanges(shown = false): void {
    const log = this.#log;
    if (log.to === 0) return;
    const wanted = this.#wanted === null ? Infinity : Math.max(this.#wanted, log.floor);
    let changed = this.#moment.seek(Math.min(log.rowAt(wanted), log.end - 1));
    if (this.#fresh) changed = log.entities.values.map((_, entity) => entity);
    else if (shown) changed = [];
    this.#fresh = false;
    const head = this.#wanted === null || this.#wanted >= log.to;
    const row = this.#moment.row;
    const moment = {
      seq: head ? log.to : Math.max(this.#wanted ?? 0, log.floor),
      at: row >= log.first ? log.at.get(row) : log.at.get(log.first),
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
    const said = JSON.stringify([moment, extent]);
    if (changed.length === 0 && said === this.#headTold) return;
    this.#headTold = said;
    const changes = changesOf(changed, (n) => this.#moment.stateOf(changed[n] ?? 0));
    if (changed.length > 0) this.#told += 1;
    const count = { told: this.#told, heard: this.#heard };
    const acts = this.#newActs();
    this.#tell({ is: 'moment', ...this.#named(), extent, moment, changes, acts, ...count });
  }

  #newActs(): readonly (readonly [number, number])[] {
    const acts = [...this.#log.acts.lastAt].filter(([entity, at]) => this.#acts.get(entity) !== at);
    for (const [entity, at] of acts) this.#acts.set(entity, at);
    return acts;
  }

  /** Names that this tab has not been told yet. */
  #named() {
    const words = this.#log.words.values.slice(this.#words);
    const entities = this.#log.entities.values.slice(this.#entities);
    this.#words += words.length;
    this.#entities += entities.length;
    return { words, entities };
  }
}
