/**
 * Room for rows from `first` (which may be negative) to before `end`, shared by all columns.
 *
 * It grows by half at the end that needs room. The ids of rows never change, only their offset.
 */
export class ColumnSpace {
  first = 0;
  end = 0;
  /** The offset of row 0. */
  offset = 0;
  #capacity = 0;
  readonly #columns: Column<Int32Array | Float64Array>[] = [];

  /** A column of whole numbers. */
  ints(): Column<Int32Array> {
    return this.#added(new Column(this, (size) => new Int32Array(size)));
  }

  /** A column of any numbers: sequences and instants. */
  floats(): Column<Float64Array> {
    return this.#added(new Column(this, (size) => new Float64Array(size)));
  }

  /** The id of the first of `count` new rows behind the others. */
  after(count: number): number {
    const needed = this.offset + this.end + count;
    if (needed > this.#capacity) this.#resize(this.offset, Math.ceil(needed * 1.5) + 1024);
    const row = this.end;
    this.end += count;
    return row;
  }

  /** The id of the first of `count` new rows before the others. */
  before(count: number): number {
    if (this.offset + this.first < count) {
      const slack = count + Math.ceil((this.end - this.first) / 2);
      const behind = this.#capacity - (this.offset + this.end);
      this.#resize(slack - this.first, slack + (this.end - this.first) + behind);
    }
    this.first -= count;
    return this.first;
  }

  /** Frees most of the unused room, because no older rows will come. */
  trim(): void {
    this.#resize(-this.first, Math.ceil((this.end - this.first) * 1.05) + 1024);
  }

  #added<A extends Int32Array | Float64Array>(column: Column<A>): Column<A> {
    this.#columns.push(column);
    return column;
  }

  #resize(offset: number, capacity: number): void {
    const [from, to] = [this.offset + this.first, this.offset + this.end];
    for (const column of this.#columns) column.move(from, to, offset + this.first, capacity);
    this.offset = offset;
    this.#capacity = capacity;
  }
}

class Column<A extends Int32Array | Float64Array> {
  #values: A;
  readonly #room: ColumnSpace;
  readonly #make: (size: number) => A;

  constructor(room: ColumnSpace, make: (size: number) => A) {
    this.#room = room;
    this.#make = make;
    this.#values = make(0);
  }

  get(row: number): number {
    return this.#values[row + this.#room.offset] ?? 0;
  }

  set(row: number, value: number): void {
    this.#values[row + this.#room.offset] = value;
  }

  /** The last row whose value is at most this one; one less than the first row: none. Values must not decrease. */
  lastUpTo(value: number): number {
    let [low, high] = [this.#room.first, this.#room.end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.get(middle) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The underlying array, with row 0 at the offset of the room. For loops over many rows. */
  raw(): A {
    return this.#values;
  }

  move(from: number, to: number, at: number, capacity: number): void {
    const grown = this.#make(capacity);
    grown.set(this.#values.subarray(from, to), at);
    this.#values = grown;
  }
}

export type Ints = Column<Int32Array>;
export type Floats = Column<Float64Array>;
