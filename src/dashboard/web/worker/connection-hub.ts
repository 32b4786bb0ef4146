import type { ApiHeartbeat, ApiHello, ApiPage, ApiState } from '../../api-types.ts';
import { TransitionLog } from '../../history/transition-log.ts';
import { apiPath } from '../protocol/api-path.ts';
import { parseHello, parseState } from '../protocol/parse-response.ts';
import type { Connection, TabMessage, WorkerMessage } from '../protocol/worker-messages.ts';
import { ask, openFeed, pages } from './event-source.ts';
import { newestRows, type RowLimits, rowLimits } from './newest-rows.ts';
import { TabCursor } from './tab-cursor.ts';

/** Number of rows before the first paint, and per request after it. */
const initialRows = 5_000;
const pageRows = 50_000;
/** Without a mark for this long, the connection counts as broken, even if its socket is open. */
const silence = 5_000;

const nowhere: Connection = {
  state: 'connecting',
  hello: null,
  mark: null,
  markAt: 0,
  brokenSince: null,
  attempt: 0,
  retryAt: null,
  why: null,
  skew: 0,
};

interface Tab {
  readonly moment: TabCursor;
  readonly tell: (message: WorkerMessage) => void;
  hidden: boolean;
}

/** The one connection and the history, shared by all tabs of a browser. */
export class ConnectionHub {
  #log = new TransitionLog();
  #connection: Connection = nowhere;
  readonly #tabs = new Set<Tab>();
  /** Whether it closes the stream while no tab is visible. */
  readonly #alone: boolean;
  #close: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #filling = false;
  #due = false;
  #generation = 0;
  #renewing = false;
  readonly #limits: RowLimits;

  constructor(alone: boolean, limits = rowLimits) {
    this.#alone = alone;
    this.#limits = limits;
    setInterval(() => this.#watch(), 1000);
  }

  /** Adds a tab; returns the function that receives its messages. */
  join(tell: (message: WorkerMessage) => void): (message: TabMessage) => void {
    const tab: Tab = { moment: new TabCursor(this.#log, tell), tell, hidden: false };
    this.#tabs.add(tab);
    tell({ is: 'connection', connection: this.#connection });
    if (this.#close === undefined && this.#timer === undefined) this.#connect();
    else if (this.#connection.hello) tab.moment.sendChanges();
    return (message) => {
      if (message.do === 'bye') this.#tabs.delete(tab);
      else if (message.do === 'retry') this.#retry();
      else if (message.do === 'hidden') this.#hide(tab, message.hidden);
      else tab.moment.onMessage(message);
    };
  }

  #hide(tab: Tab, hidden: boolean): void {
    tab.hidden = hidden;
    if (!this.#alone) return;
    if (hidden) this.#stop();
    else this.#retry();
  }

  #retry(): void {
    this.#stop();
    this.#connect();
  }

  #stop(): void {
    this.#close?.();
    this.#close = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #connect(): void {
    this.#timer = undefined;
    if (this.#log.to > 0 || this.#connection.hello) this.#open();
    else this.#load().catch((error: unknown) => this.#broke(String(error)));
    this.#close ??= () => {};
  }

  /** Loads the newest part first for the first paint, then opens the stream, then loads older parts. */
  async #load(): Promise<void> {
    const generation = this.#generation;
    const hello = await ask(apiPath('hello'), parseHello);
    const log = this.#log;
    const base = Math.max(hello.first - 1, hello.last - initialRows, 0);
    if (hello.last > 0 && base >= hello.first) {
      log.begin(await ask(apiPath(`state?at=${base}`), parseState));
    } else log.begin(noState(Math.max(0, hello.first - 1)));
    if (generation !== this.#generation) return;
    this.#hello(hello);
    if (hello.last > base) await this.#read(base + 1, hello.last);
    if (generation !== this.#generation) return;
    this.#open();
    await this.#fill(hello, generation);
  }

  /** Loads the missing rows at the newest end. */
  async #read(from: number, to: number): Promise<void> {
    for await (const page of pages(from, to)) this.#log.append(page);
    this.#soon();
  }

  /** Loads older rows back to the beginning, or until the limit is reached. */
  async #fill(hello: ApiHello, generation: number): Promise<void> {
    const log = this.#log;
    const first = Math.max(hello.first, hello.last - this.#limits.first);
    while (log.from > first) {
      const from = Math.max(first, log.from - pageRows);
      const parts: ApiPage[] = [];
      for await (const page of pages(from, log.from - 1)) parts.push(page);
      if (generation !== this.#generation) return;
      const before = log.from;
      for (const page of parts.reverse()) log.prepend(page);
      for (const { moment } of this.#tabs) moment.prepended();
      if (log.from === before) break;
      this.#soon();
    }
    const base = log.from - 1;
    const trimmed = base >= hello.first;
    log.complete(
      trimmed || hello.first > 1 ? await ask(apiPath(`state?at=${base}`), parseState) : undefined,
    );
    this.#soon();
  }

  #open(): void {
    this.#close?.();
    this.#close = openFeed(this.#log.to, {
      hello: (hello) => this.#hello(hello),
      batch: (page) => this.#batch(page),
      mark: (mark) => this.#mark(mark),
      reset: () => this.#restart(),
      broke: (why) => this.#broke(why),
    });
  }

  #restart(): void {
    this.#stop();
    this.#generation += 1;
    this.#log = new TransitionLog();
    this.#connection = { ...nowhere, attempt: this.#connection.attempt };
    for (const { moment } of this.#tabs) moment.restart(this.#log);
    this.#connect();
  }

  #hello(hello: ApiHello): void {
    const skew = hello.now - Date.now();
    this.#say({ ...this.#connection, hello, state: 'live', markAt: Date.now(), skew, why: null });
    this.#say({ ...this.#connection, brokenSince: null, attempt: 0, retryAt: null });
  }

  #batch(page: ApiPage): void {
    if (this.#log.append(page) === 'hole' && !this.#filling) {
      this.#filling = true;
      this.#read(this.#log.to + 1, page.to)
        .catch((error: unknown) => this.#broke(String(error)))
        .finally(() => {
          this.#filling = false;
        });
    }
    const { isComplete, first, end } = this.#log;
    if (isComplete && end - first > this.#limits.most && !this.#renewing) void this.#renew();
    this.#soon();
  }

  /** Replaces the history by its newest part. If that fails, the next batch tries again. */
  async #renew(): Promise<void> {
    this.#renewing = true;
    const generation = this.#generation;
    const log = await newestRows(this.#limits.kept, () => this.#log.to).catch(() => undefined);
    this.#renewing = false;
    if (!log || generation !== this.#generation) return;
    this.#log = log;
    for (const { moment } of this.#tabs) {
      moment.restart(log);
      moment.sendChanges();
    }
  }

  #mark(mark: ApiHeartbeat): void {
    const skew = mark.now - Date.now();
    const connection = {
      ...this.#connection,
      mark,
      state: 'live' as const,
      markAt: Date.now(),
      skew,
    };
    this.#say({ ...connection, brokenSince: null, attempt: 0, retryAt: null, why: null });
    if (mark.seats) {
      this.#log.seatsSeen(mark.seats, mark.now);
      for (const { moment } of this.#tabs) moment.seatsSeen();
    }
    if (mark.head > this.#log.to) this.#soon();
  }

  #broke(why: string): void {
    this.#stop();
    const attempt = this.#connection.attempt + 1;
    const wait = Math.min(5000, 500 * 2 ** Math.min(attempt - 1, 4));
    const brokenSince = this.#connection.brokenSince ?? Date.now();
    const retryAt = Date.now() + wait;
    this.#say({ ...this.#connection, state: 'broken', brokenSince, attempt, retryAt, why });
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #watch(): void {
    const { state, markAt } = this.#connection;
    if (state === 'live' && this.#close && Date.now() - markAt > silence) {
      this.#broke('the dashboard server has been silent for 5 s');
    }
  }

  #say(connection: Connection): void {
    this.#connection = connection;
    for (const { tell } of this.#tabs) tell({ is: 'connection', connection });
  }

  /** Sends one update for all changes that arrive shortly after each other. */
  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      for (const { moment } of this.#tabs) moment.sendChanges();
    }, 30);
  }
}

const noState = (seq: number): ApiState => ({ seq, at: 0, entities: [], words: [], states: [] });
