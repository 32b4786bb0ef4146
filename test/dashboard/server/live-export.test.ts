import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { historyFile } from '../../../src/adapters/files/history-file.ts';
import type { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { openRecording } from '../../../src/dashboard/server/history/recorded-source.ts';
import { seconds } from '../../../src/domain/time.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';
import { apiOf, fetched, served } from './support/test-server.ts';

let live: LiveDashboard;
beforeEach(async () => {
  live = await liveDashboard();
});
afterEach(() => live[Symbol.asyncDispose]());

it('the export of a range has the events that were stored in it, byte for byte', async () => {
  const index = live.source.index();
  const since = index.lastAt + 1;
  await live.fleet.agent('h3/c', ['web/w9']);
  await live.fleet.advance(seconds(5));
  const until = index.lastAt;
  await live.fleet.agent('h4/d', ['web/w8']);
  await live.fleet.advance(seconds(5));
  const asked = fetched(live.server.url, `/api/audit?full=1&since=${since}&until=${until}`);
  await live.fleet.advance(seconds(1));
  const lines = (await asked).text
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes('"event"'));
  const all = [];
  for await (const stored of live.source.history.read(0)) all.push(stored);
  const wanted = all.filter(({ storedAt }) => storedAt >= since && storedAt <= until);
  expect(wanted.length).toBeGreaterThan(3);
  expect(lines).toEqual(
    wanted.map(
      ({ seq, origin, storedAt, subject, text }) =>
        `${JSON.stringify({ seq, origin, storedAt, subject }).slice(0, -1)},"event":${text}}`,
    ),
  );
});

it('the export of a range without an event is empty', async () => {
  const { text } = await fetched(live.server.url, '/api/audit?full=1&since=1&until=2');
  expect(text).toBe('');
});

/** The entities with a record, and their states. */
const recordsIn = (index: HistoryIndex) =>
  [...index.stateAt({ seq: index.last }).states]
    .map(([number, { to, since }]) => ({ of: index.entity(number), to: index.words.at(to), since }))
    .filter(({ of }) => of.entity === 'run' || of.entity === 'instance')
    .map((one) => JSON.stringify(one))
    .sort();

it('an exported window shows agents that had no event in it, with their instances and zones', async () => {
  const index = live.source.index();
  const since = index.lastAt + 1;
  await live.fleet.agent('h3/c', ['web/w9']);
  await live.fleet.advance(seconds(5));
  const asked = fetched(live.server.url, `/api/audit?full=1&since=${since}`);
  await live.fleet.advance(seconds(1));
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-window-'));
  try {
    const file = join(folder, 'window.ndjson');
    await writeFile(file, (await asked).text);
    const recorded = await openRecording('window', historyFile(file));
    expect(recorded.index().first).toBeGreaterThan(1);
    expect(recordsIn(recorded.index())).toEqual(recordsIn(index));
    expect(recorded.notice).toBeUndefined();
    const events = (await asked).text.split('\n').filter((line) => line.includes('"event"'));
    await writeFile(file, events.join('\n'));
    const bare = await openRecording('window', historyFile(file));
    expect(bare.notice).toMatch(/^This file begins at .* UTC and does not say what was before/);
    const moment = { seq: index.last };
    const signal = new AbortController().signal;
    const { records } = await replayTo(recorded.history, moment, undefined, signal);
    const whole = await replayTo(live.source.history, moment, undefined, signal);
    expect(records).toEqual(whole.records);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('an opened window can be exported again, as a whole and in part, and each part knows what was before', async () => {
  const index = live.source.index();
  const since = index.lastAt + 1;
  await live.fleet.agent('h3/c', ['web/w9']);
  await live.fleet.advance(seconds(5));
  const later = index.lastAt + 1;
  await live.fleet.agent('h4/d', ['web/w8']);
  await live.fleet.advance(seconds(5));
  const asked = fetched(live.server.url, `/api/audit?full=1&since=${since}`);
  await live.fleet.advance(seconds(1));
  const window = (await asked).text;
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-window-'));
  try {
    const file = join(folder, 'window.ndjson');
    const opened = async (text: string) => {
      await writeFile(file, text);
      return openRecording('window', historyFile(file));
    };
    const server = await served(apiOf(await opened(window)));
    const again = await fetched(server.url, '/api/audit?full=1&since=0');
    const part = await fetched(server.url, `/api/audit?full=1&since=${later}`);
    await server[Symbol.asyncDispose]();
    expect(again.text).toBe(window);
    const events = (text: string) => text.split('\n').filter((line) => line.includes('"event"'));
    expect(events(part.text).length).toBeGreaterThan(3);
    expect(events(part.text).length).toBeLessThan(events(window).length);
    const recorded = await opened(part.text);
    expect(recorded.notice).toBeUndefined();
    expect(recordsIn(recorded.index())).toEqual(recordsIn(index));
  } finally {
    await rm(folder, { recursive: true });
  }
});
