import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyFile } from '../../../src/adapters/files/history-file.ts';
import { historyLine } from '../../../src/adapters/files/history-line.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-history-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** More than one chunk of a file, also when gzipped. */
const events = [...longHistory(2000)];
const lines = events.map((event) => `${historyLine(event)}\n`);
const text = lines.join('');

let files = 0;
async function file(content: string | Uint8Array): Promise<string> {
  files += 1;
  const name = join(folder, `${files}.ndjson`);
  await writeFile(name, content);
  return name;
}

const contents: readonly [string, (whole: string) => string | Uint8Array][] = [
  ['plain', (whole) => whole],
  ['gzipped', (whole) => gzipSync(whole)],
  [
    'gzipped in two members',
    (whole) => Buffer.concat([gzipSync(whole.slice(0, 9000)), gzipSync(whole.slice(9000))]),
  ],
  ['without a final newline', (whole) => whole.trimEnd()],
  ['with CRLF and empty lines', (whole) => whole.replaceAll('\n', '\r\n\r\n')],
];

async function read(name: string, from = 0, filters?: readonly string[]): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of historyFile(name).read(from, filters)) found.push(event);
  return found;
}

describe('a history in a file', () => {
  it.each(contents)('%s is read as it was written', async (_, packed) => {
    const name = await file(packed(text));
    expect(await read(name)).toEqual(events);
    expect(await historyFile(name).range()).toEqual({ first: 1, last: 2000 });
  });

  it('is read from a sequence, and by subject', async () => {
    const name = await file(gzipSync(text));
    expect(await read(name, 1900)).toEqual(events.slice(1899));
    const slot = events[0]?.subject.split('.').slice(0, 2).join('.');
    const own = events.filter(({ subject }) => subject.startsWith(`${slot}.`));
    const ofRun = ({ subject }: StoredEvent) => subject.split('.').length === 4;
    expect(await read(name, 0, [`${slot}.>`])).toEqual(own);
    expect(await read(name, 0, [`${slot}.*.*`])).toEqual(own.filter(ofRun));
    expect(await read(name, 0, [`${slot}.*.*`, `${slot}.*.*.*.*`])).toEqual(own);
    expect(await read(name, 1900, ['nobody.>'])).toEqual([]);
  });

  it('that begins after event 1 has its own range', async () => {
    const name = await file(lines.slice(499, 700).join(''));
    expect(await historyFile(name).range()).toEqual({ first: 500, last: 700 });
    expect((await read(name, 1)).length).toBe(201);
  });

  it('without events has the range 0 to 0', async () => {
    for (const content of ['', '\n\n', gzipSync('')]) {
      const name = await file(content);
      expect(await read(name)).toEqual([]);
      expect(await historyFile(name).range()).toEqual({ first: 0, last: 0 });
    }
  });
});

describe('a damaged history', () => {
  const illegible = (found: readonly StoredEvent[]) =>
    found.flatMap(({ seq, subject, illegible: why }) => (why ? [[seq, subject, why]] : []));

  it('names the unreadable line, and all other events are read', async () => {
    const broken = lines.with(9, 'garbage\n').with(1200, '{"seq":1}\n');
    const found = await read(await file(broken.join('')));
    expect(found).toHaveLength(2000);
    expect(illegible(found)).toEqual([
      [10, 'line 10', expect.stringContaining('JSON')],
      [1201, 'line 1201', expect.stringContaining('not a line of an exported history')],
    ]);
    expect(found.filter((event) => event.illegible === undefined)).toEqual(
      events.filter(({ seq }) => seq !== 10 && seq !== 1201),
    );
  });

  it('returns unreadable lines for every subject filter', async () => {
    const name = await file(lines.with(9, 'garbage\n').join(''));
    expect(illegible(await read(name, 0, ['nobody.*']))).toEqual([
      [10, 'line 10', expect.any(String)],
    ]);
  });

  it.each([
    ['in the middle', 0.5],
    ['in its last bytes', 0.9999],
  ])('gzipped and truncated %s still gives the events before the end', async (_, part) => {
    const packed = gzipSync(text);
    const found = await read(await file(packed.subarray(0, Math.floor(packed.length * part))));
    const [bad] = illegible(found);
    const whole = found.slice(0, -1);
    expect(illegible(found)).toHaveLength(1);
    expect(bad).toEqual([
      found.length,
      `after line ${whole.length}`,
      'the rest of the file is unreadable: unexpected end of file',
    ]);
    expect(whole).toEqual(events.slice(0, whole.length));
    expect(whole.length).toBeGreaterThan(2000 * part * 0.8);
  });

  it('truncated within a line names that line', async () => {
    const found = await read(await file(text.slice(0, -100)));
    expect(illegible(found)).toEqual([[2000, 'line 2000', expect.stringContaining('JSON')]]);
    expect(found.slice(0, -1)).toEqual(events.slice(0, -1));
  });

  it('with a line longer than any event skips that line', async () => {
    const huge = Buffer.alloc(65 * 1024 * 1024, 'x');
    const name = await file(
      Buffer.concat([Buffer.from(lines[0] ?? ''), huge, Buffer.from(`\n${lines[2]}`)]),
    );
    const found = await read(name);
    expect(found.map(({ seq, subject }) => [seq, subject])).toEqual([
      [1, events[0]?.subject],
      [2, 'line 2'],
      [3, events[2]?.subject],
    ]);
  });
});

describe('a read that is ended by its signal', () => {
  it('ends, with the reason, also in a compressed file that has no line', async () => {
    const name = await file(gzipSync(Buffer.alloc(8 * 1024 * 1024, 'x')));
    const stop = new AbortController();
    const history = historyFile(name, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(history.range()).rejects.toThrow('stopped');
    await expect(history.read(0)[Symbol.asyncIterator]().next()).rejects.toThrow('stopped');
    await expect(history.start?.()).rejects.toThrow('stopped');
  });
});

describe('a path that is not a history file', () => {
  it('is named in the error', async () => {
    const missing = join(folder, 'missing');
    for (const name of [missing, folder]) {
      await expect(read(name)).rejects.toMatchObject({ code: 'bad-setting' });
      await expect(historyFile(name).range()).rejects.toMatchObject({ code: 'bad-setting' });
    }
    await expect(read(missing)).rejects.toThrow(`${missing}: there is no such file`);
  });

  it('is refused if it is a pipe, which can be read only once', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(read(pipe)).rejects.toThrow('must be a regular file');
  });
});
