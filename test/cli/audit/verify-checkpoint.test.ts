import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Checkpoints, savedIn } from '../../../src/cli/audit/verify-checkpoint.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import type { History, StoredEvent } from '../../../src/ports/audit.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import type { VerifyReport } from '../../../src/runtime/audit/verify-report.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-checkpoint-'));
  file = join(folder, 'checkpoint.json');
});
afterEach(() => rm(folder, { recursive: true }));

const events = [...longHistory(600)];
const historyOf = (all: readonly StoredEvent[]): History => ({
  range: async () => ({ first: all[0]?.seq ?? 0, last: all.at(-1)?.seq ?? 0 }),
  async *read(from) {
    for (const event of all) if (event.seq >= from) yield event;
  },
});
const upTo = (seq: number) => historyOf(events.slice(0, seq));

const name = "namespace 'n'";
const complaints: string[] = [];

/** Like `audit verify`: continues from the file and stores its progress there. */
async function verifyOn(
  history: History,
): Promise<{ verified: VerifyReport; found: readonly Divergence[] }> {
  const saved = await savedIn(file, history, name);
  const checkpoints = new Checkpoints({ file, name }, saved, (what) => complaints.push(what));
  const verified = await verify(
    checkpoints.watching(history),
    { clock: systemClock },
    {
      ...(checkpoints.from && { from: checkpoints.from }),
      onDivergence: (divergence) => checkpoints.note(divergence),
      signal: new AbortController().signal,
    },
  );
  await checkpoints.end(verified.checkpoint);
  return { verified, found: checkpoints.found };
}

const damaged = events.map((event) => (event.seq === 100 ? { ...event, text: 'garbage' } : event));

describe('a verification that continues from a checkpoint', () => {
  it('has the same result as one without a checkpoint', async () => {
    const { verified: half } = await verifyOn(upTo(300));
    expect(half.events).toBe(300);
    const { verified } = await verifyOn(upTo(600));
    await rm(file);
    const { verified: whole } = await verifyOn(upTo(600));
    expect(verified).toEqual(whole);
  });

  it('reads only newer events', async () => {
    await verifyOn(upTo(300));
    const read: number[] = [];
    const history = upTo(600);
    await verifyOn({
      range: history.range,
      async *read(from, filters) {
        // Losses of the store are read with a filter.
        if (!filters) read.push(from);
        yield* history.read(from, filters);
      },
    });
    expect(read).toEqual([300, 301]); // The check that the event is the same, then the new one.
  });

  it('includes the divergences found before', async () => {
    const first = await verifyOn(historyOf(damaged.slice(0, 300)));
    expect(first.found.map(({ seq, check }) => [seq, check])).toContainEqual([100, 'illegible']);
    const second = await verifyOn(historyOf(damaged));
    expect(second.found.slice(0, first.found.length)).toEqual(first.found);
  });

  it('keeps its checkpoint if there are no new events', async () => {
    await verifyOn(upTo(300));
    const before = await readFile(file, 'utf8');
    await verifyOn(upTo(300));
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('a checkpoint', () => {
  const others: readonly [string, History, RegExp][] = [
    ['that ends before', upTo(200), /is at event 300, but namespace 'n' ends at 200/],
    [
      'with another event there',
      historyOf([...longHistory(600, { seed: 2 })]),
      /event 300 of namespace 'n' differs/,
    ],
    [
      'that was trimmed after it',
      historyOf(events.slice(400)),
      /begins at 401: the events between were trimmed/,
    ],
  ];
  it.each(others)('of another history is refused: %s', async (_, other, why) => {
    await verifyOn(upTo(300));
    const before = await readFile(file, 'utf8');
    await expect(verifyOn(other)).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringMatching(why),
      hint: expect.stringContaining('--from-start'),
    });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('immediately before the start of a trimmed history is accepted', async () => {
    await verifyOn(upTo(300));
    expect((await verifyOn(historyOf(events.slice(300)))).verified.divergences).toBe(0);
  });

  it.each(['', '{}', 'null', '{"v":1}', 'no JSON'])(
    'that is invalid (%j) is refused',
    async (text) => {
      await writeFile(file, text);
      await expect(verifyOn(upTo(300))).rejects.toMatchObject({
        code: 'bad-setting',
        message: expect.stringContaining('is not a checkpoint of'),
      });
    },
  );

  it('that cannot be stored does not fail the verification', async () => {
    complaints.length = 0;
    file = join(folder, 'no', 'place');
    expect((await verifyOn(upTo(300))).verified.events).toBe(300);
    expect(complaints).toEqual([expect.stringContaining('no/place')]);
  });
});
