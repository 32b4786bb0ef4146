import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { ApiPage } from '../../../src/dashboard/api-types.ts';
import { FleetCursor } from '../../../src/dashboard/history/fleet-cursor.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { pageAfter, stateOfAll } from '../../../src/dashboard/server/history/pages.ts';
import { openRecording } from '../../../src/dashboard/server/history/recorded-source.ts';
import { detailsOfRecord } from '../../../src/dashboard/server/history/to-row.ts';
import { allIn, storedIn } from '../../../src/dashboard/web/model/event-document.ts';
import {
  parseHeartbeat,
  parseHello,
  parsePage,
  parseState,
} from '../../../src/dashboard/web/protocol/parse-response.ts';
import {
  ask,
  type FeedEvents,
  openFeed,
  pages,
} from '../../../src/dashboard/web/worker/event-source.ts';
import { historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import { fuzz } from '../support/fuzz.ts';
import { mutated } from '../support/mutated.ts';

/** The page's code reads these when it loads. */
vi.hoisted(() => Object.assign(globalThis, { self: { location: { search: '' } } }));

const events = [...longHistory(40, { agents: 2 })];
const whole = async () => {
  const { index: read } = await openRecording('a test', historyOf(events));
  return read();
};
const index = await whole();
const page = pageAfter(index, 0, 100);
const state = stateOfAll(index, index.stateAt({ seq: index.last }));
const hello = {
  ...{ version: '1', name: 'a', mode: 'live', first: 1, last: 40, firstAt: 1, lastAt: 2, now: 3 },
  ...{ actions: true, charts: { run: 'c0ffee000000' } },
};
const mark = {
  head: 40,
  headAt: 2,
  now: 3,
  storeAwaySince: null,
  outages: [],
  seats: 1,
  seatSeen: {},
};
if (!page) throw new Error('a page is needed');

/** A stream with arbitrary text from the server. */
class Said {
  static readonly opened: Said[] = [];
  readonly #heard = new Map<string, (event: { data: string }) => void>();
  onerror: () => void = () => {};
  closed = false;
  constructor() {
    Said.opened.push(this);
  }
  addEventListener(name: string, hear: (event: { data: string }) => void): void {
    this.#heard.set(name, hear);
  }
  say(name: string, data: string): void {
    if (!this.closed) this.#heard.get(name)?.({ data });
  }
  close(): void {
    this.closed = true;
  }
}

const answering = (text: string) =>
  vi.stubGlobal('fetch', async () => new Response(text, { status: 200 }));
afterEach(() => vi.unstubAllGlobals());

/** An accepted page can be shown at any of its rows. */
function expectShown(taken: ApiPage): void {
  const log = new TransitionLog();
  const moment = new FleetCursor(log);
  log.begin({ seq: taken.from - 1, at: 0, entities: [], words: [], states: [] });
  log.append(taken);
  for (const seq of [taken.to, taken.from, taken.to]) moment.seek(log.rowAt(seq));
  for (let n = 0; n < log.entities.size; n += 1) moment.stateOf(n);
  const older = new TransitionLog();
  older.begin({ seq: taken.to, at: 0, entities: [], words: [], states: [] });
  older.prepend(taken);
  older.complete();
  for (let row = older.first; row < older.end; row += 1) older.edgesOf(row);
}

test('any event stream is accepted, or reported as broken with a reason and closed', () =>
  fuzz(
    fc.array(
      fc.oneof(
        fc.tuple(fc.constant('hello'), mutated(fc.constant(hello))),
        fc.tuple(fc.constant('mark'), mutated(fc.constant(mark))),
        fc.tuple(fc.constantFrom('batch', 'batch', 'reset'), mutated(fc.constant(page))),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    (said) => {
      vi.stubGlobal('EventSource', Said);
      const broke: string[] = [];
      const on: FeedEvents = {
        hello: (taken) => expect(taken.charts).toBeTypeOf('object'),
        batch: expectShown,
        mark: (taken) => expect(Number.isFinite(taken.now)).toBe(true),
        reset() {},
        broke: (why) => void broke.push(why),
      };
      openFeed(3, on);
      const source = Said.opened.pop();
      for (const [name = '', data = ''] of said) source?.say(name, data);
      expect(broke.length).toBe(source?.closed ? 1 : 0);
      for (const why of broke) expect(why.length).toBeGreaterThan(10);
    },
    { examples: [[['batch', '{']], [['hello', 'null']], [['mark', '[]']]] },
  ));

test('any answer is the requested value, or an error', () =>
  fuzz(
    fc.tuple(
      fc.constantFrom(parseHello, parseHeartbeat, parsePage, parseState),
      mutated(fc.constantFrom<unknown>(hello, mark, page, state)),
    ),
    async ([read, text]) => {
      answering(text);
      const taken = await ask('x', read as (value: unknown) => object).catch(
        (error: unknown) => error,
      );
      if (taken instanceof Error) return;
      if (read === parsePage) expectShown(taken as ApiPage);
      if (read === parseState) new TransitionLog().begin(taken as ReturnType<typeof parseState>);
    },
  ));

/** A row whose sequence is nested so deep that a conversion to a number ends the program. */
const deep = JSON.stringify({ ...page, rows: [0] }).replace(
  '[0]',
  `[[${'['.repeat(20_000)}${']'.repeat(20_000)}]]`,
);

test('any history is pages that can be shown, or an error', () =>
  fuzz(
    fc.array(mutated(fc.constant(page)), { minLength: 1, maxLength: 3 }),
    async (lines) => {
      vi.stubGlobal('location', { pathname: '/' });
      answering(lines.join('\n'));
      try {
        for await (const taken of pages(1, 40)) expectShown(taken);
      } catch (error) {
        expect(String(error)).toMatch(/cannot be read|JSON|SyntaxError/);
      }
    },
    { examples: [[deep]] },
  ));

test('the page can read the server’s answer about any history', () =>
  fuzz(
    fc.tuple(
      mutated(fc.constantFrom(...events.map(({ text }) => JSON.parse(text)))),
      fc.nat({ max: 39 }),
    ),
    async ([text, at]) => {
      const forged = events.map((stored, n) => (n === at ? { ...stored, text } : stored));
      const { index: of } = await openRecording('a test', historyOf(forged));
      const made = pageAfter(of(), 0, 100);
      if (made) expectShown(parsePage(JSON.parse(JSON.stringify(made))));
      parseState(JSON.parse(JSON.stringify(stateOfAll(of(), of().stateAt({ seq: of().last })))));
    },
    { runs: 100 },
  ));

const stored = JSON.parse(events[0]?.text ?? '{}');

test('any event of the history has the fields that a screen needs, or is dropped', () =>
  fuzz(mutated(fc.constant({ events: [{ seq: 3, event: stored }] })), (text) => {
    let answered: unknown;
    try {
      answered = JSON.parse(text);
    } catch {
      return;
    }
    const all = allIn((answered ?? undefined) as Parameters<typeof allIn>[0]);
    for (const { of, event, actor, edges, at } of all) {
      expect([typeof of.run, typeof event['type'], typeof actor.host, typeof at]).toEqual([
        ...['string', 'string', 'string', 'number'],
      ]);
      expect(edges.join()).toBeTypeOf('string');
    }
  }));

test('a number that JSON reads as infinite is not sent to the page', () => {
  expect(detailsOfRecord('run', 'started', JSON.parse('{"ttl":1e999,"grace":3}'))).toEqual({
    grace: 3,
  });
});

test('a valid event has the fields that a screen needs', () => {
  expect(storedIn({ seq: 3, event: stored })).toEqual({ ...stored, seq: 3 });
  expect(parsePage(JSON.parse(JSON.stringify(page)))).toEqual(page);
  expect(parseState(JSON.parse(JSON.stringify(state)))).toEqual(state);
});
