import type { Revision, WallTime } from '../../../domain/time.ts';
import type { StateFrame } from './state-frames.ts';

/** One transition. Its values are numbers of the index. */
export interface Row {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly entity: number;
  readonly type: number;
  readonly to: number;
  readonly chart: number;
  readonly edges: number;
  readonly note: number;
}

/** A block of rows as columns, 40 bytes a row, with the states of all entities before the first row. */
export class Columns {
  readonly start: StateFrame;
  readonly startSeq: Revision;
  readonly startAt: WallTime;
  readonly seq: Float64Array;
  readonly at: Float64Array;
  readonly entity: Uint32Array;
  readonly type: Uint32Array;
  readonly to: Uint32Array;
  readonly chart: Uint32Array;
  readonly edges: Uint32Array;
  readonly note: Uint32Array;
  #length = 0;

  constructor(capacity: number, start: StateFrame, startSeq: Revision, startAt: WallTime) {
    this.start = start;
    this.startSeq = startSeq;
    this.startAt = startAt;
    this.seq = new Float64Array(capacity);
    this.at = new Float64Array(capacity);
    this.entity = new Uint32Array(capacity);
    this.type = new Uint32Array(capacity);
    this.to = new Uint32Array(capacity);
    this.chart = new Uint32Array(capacity);
    this.edges = new Uint32Array(capacity);
    this.note = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.seq.length;
  }

  push(row: Row): void {
    const n = this.#length;
    this.seq[n] = row.seq;
    this.at[n] = row.at;
    this.entity[n] = row.entity;
    this.type[n] = row.type;
    this.to[n] = row.to;
    this.chart[n] = row.chart;
    this.edges[n] = row.edges;
    this.note[n] = row.note;
    this.#length += 1;
  }

  row(n: number): Row {
    return {
      seq: this.seq[n] ?? 0,
      at: this.at[n] ?? 0,
      entity: this.entity[n] ?? 0,
      type: this.type[n] ?? 0,
      to: this.to[n] ?? 0,
      chart: this.chart[n] ?? 0,
      edges: this.edges[n] ?? 0,
      note: this.note[n] ?? 0,
    };
  }

  /** The first row whose value is at least this one. Values must not decrease from row to row. */
  from(column: 'seq' | 'at', value: number): number {
    const values = this[column];
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((values[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
