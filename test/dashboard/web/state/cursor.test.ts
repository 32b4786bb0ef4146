import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TransitionLog } from '../../../../src/dashboard/history/transition-log.ts';
import type {
  TabMessage,
  WorkerMessage,
} from '../../../../src/dashboard/web/protocol/worker-messages.ts';
import { Cursor } from '../../../../src/dashboard/web/state/cursor.ts';
import { TabCursor } from '../../../../src/dashboard/web/worker/tab-cursor.ts';
import { type Happening, happenings, pageOf, stateAfter } from '../../support/sample-histories.ts';
import { counted, run } from '../support/sample-fleet.ts';

const place = fc.nat({ max: 60 });
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('step'), to: fc.nat({ max: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('notch'), to: fc.nat({ max: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('seek', 'time'), to: place }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom('head', 'append', 'restart'),
        to: fc.nat({ max: 6 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constantFrom('worker', 'tab', 'rest'), to: fc.constant(0) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('settle'), to: fc.constant(0) }) },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
);

/** A tab and its worker, with what is on its way between them. */
class Pair {
  readonly here = new Cursor();
  readonly toWorker: TabMessage[] = [];
  readonly toTab: WorkerMessage[] = [];
  readonly resting: (() => void)[] = [];
  byItself = 0;
  #history: readonly Happening[];
  #until: number;
  #worker: TabCursor;
  #log: TransitionLog;

  constructor(history: readonly Happening[], until: number) {
    this.#history = history;
    this.#until = until;
    this.#log = this.#read();
    this.#worker = new TabCursor(this.#log, (message) => this.toTab.push(message), {
      reach: 6,
      enough: 3,
      later: (work) => this.resting.push(work),
    });
    this.#worker.sendChanges();
    this.settle();
  }

  act(what: string, to: number): void {
    const { here } = this;
    const seq = here.moment?.seq ?? 0;
    if (what === 'step') {
      const next = here.neighbour(to === 1);
      if (next !== undefined) this.#send(here.seek(next));
    }
    if (what === 'notch') this.#send(here.seek(Math.max(1, seq + to - 4)));
    if (what === 'seek') this.#send(here.seek(Math.max(1, to)));
    if (what === 'time') this.#send(here.seekTime(1_000_000 + to * 25));
    if (what === 'head') this.#send(here.seek('head'));
    if (what === 'append') this.#append(to);
    if (what === 'restart') {
      // Another history: its entities have other numbers.
      this.#history = this.#history.slice(to);
      this.#log = this.#read();
      this.#worker.restart(this.#log);
      this.#worker.sendChanges();
    }
    if (what === 'worker') this.#workerHears();
    if (what === 'tab') this.#tabHears();
    if (what === 'rest') this.resting.shift()?.();
    if (what === 'settle') this.settle();
  }

  /** Until nothing is on its way any more. */
  settle(): void {
    for (let n = 0; n < 1000; n += 1) {
      if (this.toWorker.length > 0) this.#workerHears();
      else if (this.toTab.length > 0) this.#tabHears();
      else if (this.resting.length > 0) this.resting.shift()?.();
      else return;
    }
    throw new Error('they never come to an end');
  }

  /** A tab that has just been opened where this one is, and was told everything at once. */
  fresh(): Cursor {
    const other = new Cursor();
    const worker = new TabCursor(this.#log, (message) => other.onMessage(message));
    const { moment } = this.here;
    worker.onMessage(other.seek(!moment || moment.head ? 'head' : moment.seq));
    return other;
  }

  #send(message: TabMessage): void {
    if (message.do === 'seek' && message.shown !== undefined) this.byItself += 1;
    this.toWorker.push(message);
  }

  #workerHears(): void {
    const message = this.toWorker.shift();
    if (message) this.#worker.onMessage(message);
  }

  #tabHears(): void {
    const message = this.toTab.shift();
    if (message) this.here.onMessage(structuredClone(message));
  }

  #read(): TransitionLog {
    const log = new TransitionLog();
    log.append(pageOf(this.#history, 1, this.#until));
    log.complete();
    return log;
  }

  #append(count: number): void {
    this.#until += count;
    this.#log.append(pageOf(this.#history, this.#log.to + 1, this.#until));
    this.#worker.sendChanges();
  }
}

/** All that a screen is made of, narrowed to something. */
function seen({ fleet, moment, extent }: Cursor, text: string) {
  const { groups, issues: matters, ...counts } = counted(fleet, { text });
  return {
    slots: fleet.slots(),
    moment,
    extent,
    counts,
    groups: groups.first(99),
    matters: matters.first(99),
  };
}

const filters = fc
  .tuple(
    fc.constantFrom('', 'h', 'w1', 'suspect'),
    fc.constantFrom('', ' state:live', ' state:suspect', ' state:dubious'),
  )
  .map((words) => words.join(''));

test('a tab that steps without the worker shows the same as one that received every change', {
  timeout: 60_000,
}, () => {
  let byItself = 0;
  fc.assert(
    fc.property(
      happenings.filter((history) => history.length > 5),
      fc.integer({ min: 4, max: 60 }),
      acts,
      filters,
      (history, until, all, text) => {
        const pair = new Pair(history, until);
        for (const { do: what, to } of all) {
          pair.act(what, to);
          if (pair.toTab.length > 0 || pair.toWorker.length > 0) continue;
          expect(seen(pair.here, text)).toEqual(seen(pair.fresh(), text));
        }
        pair.settle();
        expect(seen(pair.here, text)).toEqual(seen(pair.fresh(), text));
        byItself += pair.byItself;
      },
    ),
    { numRuns: 150 },
  );
  expect(byItself).toBeGreaterThan(150);
});

const walks = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('step'), to: fc.nat({ max: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('notch'), to: fc.nat({ max: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('seek', 'time'), to: place }) },
    {
      weight: 9,
      arbitrary: fc.record({ do: fc.constantFrom('worker', 'tab', 'rest'), to: fc.constant(0) }),
    },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

test('a tab with messages in transit shows the fleet of the moment it names', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(
      happenings.filter((history) => history.length > 20),
      place,
      walks,
      (history, begin, all) => {
        const pair = new Pair(history, 200);
        pair.act('seek', begin);
        pair.settle();
        for (const { do: what, to } of all) {
          pair.act(what, to);
          expect(seen(pair.here, '')).toEqual(seen(pair.fresh(), ''));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('rows from an earlier history are not used after a restart', () => {
  fc.assert(
    fc.property(
      happenings.filter((history) => history.length > 20),
      fc.integer({ min: 10, max: 20 }),
      fc.integer({ min: 1, max: 9 }),
      (history, begin, dropped) => {
        const pair = new Pair(history, 200);
        pair.act('seek', begin);
        pair.settle();
        pair.act('restart', dropped);
        pair.settle();
        pair.act('notch', 5);
        pair.act('notch', 5);
        pair.settle();
        expect(seen(pair.here, '')).toEqual(seen(pair.fresh(), ''));
      },
    ),
  );
});

test('a moment given as a time is that time, also while older rows are loaded', () => {
  const happening = (seq: number): Happening => ({
    ...{ seq, at: 1000 * seq, type: 'started', to: 'live', edges: [], note: undefined },
    entity: run(`h${seq}`),
  });
  const history = [1, 2, 3, 4].map(happening);
  const log = new TransitionLog();
  const here = new Cursor();
  const worker = new TabCursor(log, (message) => here.onMessage(message));
  log.begin(stateAfter(history, 2));
  log.append(pageOf(history, 3, 4));
  worker.onMessage(here.goTo(3500));
  expect(here.moment).toMatchObject({ seq: 3, at: 3500, newer: 1, head: false });
  worker.onMessage(here.goTo(1500));
  log.prepend(pageOf(history, 1, 2));
  log.complete(stateAfter(history, 0));
  worker.prepended();
  worker.sendChanges();
  expect(here.moment).toMatchObject({ seq: 1, at: 1500, newer: 3 });
  worker.onMessage(here.seek(3));
  expect(here.moment).toMatchObject({ seq: 3, at: 3000 });
});
