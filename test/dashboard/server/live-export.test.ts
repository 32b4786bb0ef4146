import { afterEach, beforeEach, expect, it } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { type LiveDashboard, liveDashboard } from './support/live-dashboard.ts';
import { fetched } from './support/test-server.ts';

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
  const lines = (await asked).text.trimEnd().split('\n');
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
