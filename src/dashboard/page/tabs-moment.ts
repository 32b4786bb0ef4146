import { answer } from '../answer.ts';
import type { Chronicle } from '../chronicle.ts';
import { Moment } from '../moment.ts';
import type { WireNote } from '../wire.ts';
import type { Changes, FromDesk, ToDesk } from './protocol.ts';

type Tell = (message: FromDesk) => void;

/** One tab's moment in the history that all tabs share, and what the tab has been told so far. */
export class TabsMoment {
  readonly #tell: Tell;
  #chronicle: Chronicle;
  #moment: Moment;
  /** null: whatever is newest. */
  #wanted: number | null = null;
  #words = 0;
  #entities = 0;
  /** Everything is to be told: nothing has been. */
  #fresh = true;
  #headTold = '';

  constructor(chronicle: Chronicle, tell: Tell) {
    this.#chronicle = chronicle;
    this.#moment = new Moment(chronicle);
    this.#tell = tell;
  }

  /** Another history altogether. */
  restart(chronicle: Chronicle): void {
    this.#chronicle = chronicle;
    this.#moment = new Moment(chronicle);
    this.#words = 0;
    this.#entities = 0;
    this.#fresh = true;
    this.#tell({ is: 'reset' });
  }

  heard(message: ToDesk): void {
    if (message.do === 'seek') {
      this.#wanted = message.at === 'head' ? null : message.at;
      this.tellChanges();
    } else if (message.do === 'seek-time') {
      const row = this.#chronicle.rowAtTime(message.at);
      this.#wanted = row < this.#chronicle.first ? 0 : this.#chronicle.seq.get(row);
      this.tellChanges();
    } else if (message.do === 'ask') {
      const value = answer(this.#chronicle, message.question);
      this.#tell({ is: 'answer', id: message.id, value });
    }
  }

  prepended(): void {
    this.#moment.prepended();
  }

  /** How many transitions are newer is worth a word, also where nothing else changed. */
  tellChanges(): void {
    const chronicle = this.#chronicle;
    if (chronicle.to === 0) return;
    const wanted = this.#wanted === null ? Infinity : Math.max(this.#wanted, chronicle.floor);
    let changed = this.#moment.seek(Math.min(chronicle.rowAt(wanted), chronicle.end - 1));
    if (this.#fresh) changed = chronicle.entities.values.map((_, entity) => entity);
    this.#fresh = false;
    const head = this.#wanted === null || this.#wanted >= chronicle.to;
    const row = this.#moment.row;
    const moment = {
      seq: head ? chronicle.to : Math.max(this.#wanted ?? 0, chronicle.floor),
      at: row >= chronicle.first ? chronicle.at.get(row) : chronicle.at.get(chronicle.first),
      head: this.#wanted === null,
      newer: chronicle.end - 1 - row,
    };
    const extent = {
      floor: chronicle.floor,
      from: chronicle.from,
      to: chronicle.to,
      firstAt: chronicle.at.get(Math.max(chronicle.first, chronicle.rowAt(chronicle.floor) + 1)),
      lastAt: chronicle.at.get(chronicle.end - 1),
      gaps: chronicle.gaps,
      complete: chronicle.isComplete,
      rows: chronicle.end - chronicle.first,
    };
    const said = JSON.stringify([moment, extent]);
    if (changed.length === 0 && said === this.#headTold) return;
    this.#headTold = said;
    const words = chronicle.words.values.slice(this.#words);
    const entities = chronicle.entities.values.slice(this.#entities);
    this.#words += words.length;
    this.#entities += entities.length;
    const changes = this.#changes(changed);
    this.#tell({ is: 'moment', words, entities, extent, moment, changes });
  }

  #changes(changed: readonly number[]): Changes {
    const states = new Int32Array(changed.length).fill(-1);
    const since = new Float64Array(changed.length);
    const charts = new Int32Array(changed.length);
    const seqs = new Float64Array(changed.length);
    const notes: WireNote[] = [];
    changed.forEach((entity, n) => {
      const standing = this.#moment.standing(entity);
      notes.push(standing?.note ?? {});
      if (!standing) return;
      states[n] = standing.state;
      since[n] = standing.since;
      charts[n] = standing.chart;
      seqs[n] = standing.seq;
    });
    return { entities: Int32Array.from(changed), states, since, charts, seqs, notes };
  }
}
