import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import { dateTime } from '../../../src/cli/terminal/format-time.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const golden = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));
/** By so much later than it happened each event is stored, in milliseconds: most are stored in the next second. */
const late = 900;
const folder = mkdtempSync(join(tmpdir(), 'event-times-'));
const file = join(folder, 'late.ndjson');
const storedAt = new Map<string, string>();

beforeAll(() => {
  const lines = gunzipSync(readFileSync(golden)).toString().trim().split('\n');
  const moved = lines.map((line) =>
    line.replace(/"storedAt":(\d+)/, (_, at) => `"storedAt":${Number(at) + late}`),
  );
  for (const { seq, storedAt: at } of moved.map((line) => JSON.parse(line)))
    storedAt.set(`#${seq}`, dateTime(at).slice(11));
  writeFileSync(file, `${moved.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function said(...argv: readonly string[]): Promise<string> {
  const { io, out } = fakeTerminal();
  await runProgram([...argv, '--file', file], io, { version: '0', starting() {} });
  return out.join('\n').replaceAll(/\s+/g, ' ');
}

describe('the time of an event, which is that of its storing', () => {
  it.each([
    ['tail', '--from', 'start'],
    ['show', 'h1/a'],
    ['show', 'web/w1'],
  ])('is in audit %s %s %s', async (...argv) => {
    const text = await said('audit', ...argv.filter((one) => typeof one === 'string'));
    const shown = [...text.matchAll(/(#\d+) (\d\d:\d\d:\d\d\.\d{3})/g)];
    expect(shown.length).toBeGreaterThan(2);
    for (const [, seq = '', time] of shown) expect([seq, time]).toEqual([seq, storedAt.get(seq)]);
  });

  it.each(['h1/a', 'web/w1', 'h2/a', 'web/w3'])('is in why %s, cut to the second', async (name) => {
    const text = await said('why', name);
    const shown = [
      ...text.matchAll(
        /at (?:\S+ )?(\d\d:\d\d:\d\d) \S+ \([^)]* ago\)(?: by the collector in \S+)? \((#\d+)\)/g,
      ),
    ];
    const seconds = new Set([...storedAt.values()].map((time) => time.slice(0, 8)));
    for (const [, time, seq = ''] of shown)
      expect([seq, time]).toEqual([seq, storedAt.get(seq)?.slice(0, 8)]);
    const all = [...text.matchAll(/at (?:\S+ )?(\d\d:\d\d:\d\d) \S+ \(/g)];
    expect(all.length).toBeGreaterThan(0);
    for (const [, time] of all) expect(seconds).toContain(time);
  });
});
