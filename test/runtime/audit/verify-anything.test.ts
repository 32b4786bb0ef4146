import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import { historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

const events = [...longHistory(200, { agents: 8 })];
const moved = events.findIndex(({ text }) => text.includes('"from":{"present"'));
const { signal } = new AbortController();

type Path = readonly (string | number)[];

/** The paths to every value in a document, the innermost too. */
function pathsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...at, key]))];
}

function withValue(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  const before = value as Record<string, unknown>;
  return { ...before, [key]: withValue(before[key], rest, put) };
}

/** An event of the history with one value in it replaced by anything. */
const anyForgery = fc
  .record({ n: fc.nat({ max: events.length - 1 }), where: fc.nat(), put: fc.jsonValue() })
  .map(({ n, where, put }) => {
    const { text } = events[n] as StoredEvent;
    const document = JSON.parse(text);
    const paths = pathsIn(document);
    const path = paths[where % paths.length] ?? [];
    return { n, text: JSON.stringify(withValue(document, path, put)) };
  });

/** Its source is a state that no machine has. */
const nowhere = {
  n: moved,
  text: (events[moved] as StoredEvent).text.replace('"from":{"present"', '"from":{"elsewhere"'),
};

/** The token of its record cannot be printed. The next event of the chain needs that token. */
const unprintable = (() => {
  const n = events.findIndex(({ text }) => {
    const { of, n: number, record } = JSON.parse(text);
    const next = `${JSON.stringify(of)},`;
    const isFollowed = events.some(
      (event) => event.text.includes(next) && JSON.parse(event.text).n === number + 1,
    );
    return record?.token !== undefined && isFollowed;
  });
  const event = JSON.parse((events[n] as StoredEvent).text);
  const token = { toString: null, valueOf: null };
  return { n, text: JSON.stringify({ ...event, record: { ...event.record, token } }) };
})();

test('a verification and a replay end, whatever value of an event is replaced', async () => {
  await fc.assert(
    fc.asyncProperty(anyForgery, async ({ n, text }) => {
      const forged = events.map((event, at) => (at === n ? { ...event, text } : event));
      const history = historyOf(forged);
      const options = { onDivergence: () => {}, signal };
      expect((await verify(history, { clock: systemClock }, options)).events).toBe(events.length);
      await replayTo(history, { seq: events.length }, undefined, signal);
    }),
    {
      numRuns: 200,
      examples: [[nowhere], [unprintable]],
    },
  );
}, 60_000);
