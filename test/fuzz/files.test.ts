import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBackup } from '../../src/adapters/files/backup-folder.ts';
import { historyFile } from '../../src/adapters/files/history-file.ts';
import { historyLine } from '../../src/adapters/files/history-line.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { savedIn } from '../../src/cli/audit/verify-checkpoint.ts';
import { openRecording } from '../../src/dashboard/server/history/recorded-source.ts';
import { hashEvent } from '../../src/domain/events/hash-chain.ts';
import { Fault } from '../../src/domain/fault.ts';
import { parseAnchor } from '../../src/domain/replay/anchor.ts';
import { historyStartLines } from '../../src/domain/replay/history-start.ts';
import { replayTo } from '../../src/runtime/audit/replay.ts';
import { stateBefore } from '../../src/runtime/audit/state-before.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import { anyText } from '../arbitrary/names.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));
const inside = (name: string) => join(directory, name);

const { signal } = new AbortController();
const events = [...longHistory(12, { agents: 2 })];
const lines = events.map(historyLine);

/** An exported history with one line changed, compressed or not, truncated or not. */
const exported = fc
  .record({
    line: mutated(fc.constantFrom(...lines.map((line) => JSON.parse(line)))),
    at: fc.nat({ max: lines.length }),
    packed: fc.boolean(),
    crlf: fc.boolean(),
    cut: fc.option(fc.nat(), { freq: 2 }),
  })
  .map(({ line, at, packed, crlf, cut }) => {
    const text = lines.toSpliced(at, 1, line).join(crlf ? '\r\n' : '\n');
    const bytes = packed ? gzipSync(text) : Buffer.from(text);
    return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
  });

test('any history file is read to its end, with illegible lines reported', () =>
  fuzz(
    fc.oneof(
      { weight: 5, arbitrary: exported },
      fc.uint8Array({ maxLength: 2000 }).map(Buffer.from),
    ),
    async (bytes) => {
      await writeFile(inside('history'), bytes);
      const history = historyFile(inside('history'));
      const { first, last } = await history.range();
      expect(Number.isSafeInteger(first) && Number.isSafeInteger(last)).toBe(true);
      const options = { onDivergence: () => {}, signal };
      await foreseen(() => verify(history, { clock: systemClock }, options));
      await replayTo(history, { at: Number.MAX_VALUE }, undefined, signal);
    },
    { runs: 100 },
  ));

test('any records before a part of a history are read, or left out', async () => {
  await writeFile(inside('whole'), lines.join('\n'));
  const start = await stateBefore(historyFile(inside('whole')), { before: 9 }, undefined, signal);
  const before = start ? [...historyStartLines(start)] : [];
  expect(before.length).toBeGreaterThan(2);
  const part = fc.record({
    line: mutated(fc.constantFrom(...before.map((line) => JSON.parse(line)))),
    at: fc.nat({ max: before.length - 1 }),
  });
  await fuzz(
    part,
    async ({ line, at }) => {
      await writeFile(inside('part'), [...before.with(at, line), ...lines.slice(8)].join('\n'));
      const source = await openRecording('part', historyFile(inside('part')));
      const { records } = await replayTo(source.history, { seq: 10 }, undefined, signal);
      expect(records.size).toBeGreaterThanOrEqual(0);
    },
    { runs: 100 },
  );
});

test('a line with an invalid sequence number is illegible, not skipped', async () => {
  const line = (lines[0] ?? '').replace(/"seq":\d+/, '"seq":-5');
  await writeFile(inside('negative'), `${line}\n`);
  const read = [];
  for await (const event of historyFile(inside('negative')).read(0)) read.push(event.illegible);
  expect(read).toEqual([expect.stringContaining('not a line of an exported history')]);
});

const last = events.at(-1);
let saved: unknown;
beforeAll(async () => {
  const verified = await verify(
    historyOf(events),
    { clock: systemClock },
    { onDivergence: () => {}, signal },
  );
  saved = {
    ...{ v: 1, kind: 'rollcall verify checkpoint', history: 'x', firstAt: 0, divergences: 0 },
    ...{ found: [], checkpoint: verified.checkpoint },
    last: { seq: last?.seq, origin: last?.origin, hash: hashEvent(last?.text ?? '') },
  };
});

test('verify resumes from any checkpoint file, or refuses it', () =>
  fuzz(
    fc.constant(0).chain(() => mutated(fc.constant(saved))),
    async (text) => {
      await writeFile(inside('checkpoint'), text);
      const read = await foreseen(() => savedIn(inside('checkpoint'), historyOf(events), 'x'));
      if (read instanceof Fault || read === undefined) return;
      const options = { from: read.checkpoint, onDivergence: () => {}, signal };
      await verify(historyOf(events), { clock: systemClock }, options);
      for (const one of read.found) expect(typeof one.entity).toBe('string');
    },
    { runs: 250 },
  ));

const anchor = fc.record({
  ...{ v: fc.constant(1), kind: fc.constant('rollcall anchor'), namespace: anyText },
  ...{ createdAt: fc.option(fc.nat()), seq: fc.nat(), events: fc.nat(), at: fc.nat() },
  digest: fc.constant('ab'.repeat(32)),
  by: fc.constant({ host: 'h', agent: 'a', run: 'run000001' }),
  ...{ key: anyText, sig: anyText },
});

test('a line of an anchor file is read as an anchor, or refused with a reason', () =>
  fuzz(fc.oneof(anyText, mutated(anchor)), (line) => {
    const read = parseAnchor(line, () => true);
    if (typeof read === 'string') expect(read).not.toBe('');
    else expect(read.digest).toMatch(/^[0-9a-f]{64}$/);
  }));

const backup = {
  ...{ format: 'rollcall-backup', v: 1, namespace: 'n', at: '2026-12-01', server: '2.15.1' },
  divergences: 0,
  streams: (['keyframes', 'audit', 'registry'] as const).map((part) => ({
    ...{ part, file: `${part}.stream`, bytes: 0, sha256: 'x' },
    ...{ config: { name: part }, state: { messages: 0, last_seq: 0 } },
  })),
};

test('a changed description of a backup is refused by name, and no file outside its folder is read', () =>
  fuzz(fc.oneof(mutated(fc.constant(backup)).map(String), anyText), async (text) => {
    await writeFile(inside('backup.json'), text);
    const read = await readBackup(directory).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(read).toBeInstanceOf(Fault);
  }));
