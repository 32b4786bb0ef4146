import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLine } from '../../../../src/adapters/files/history-line.ts';
import { longHistory } from '../../../fixtures/history/long-history.ts';
import { rollcall } from '../../harness/processes.ts';
import { command } from '../support/run-command.ts';

let folder: string;
let lines: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-file-'));
  lines = [...longHistory(40_000)].map((event) => `${historyLine(event)}\n`);
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 20 }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('an interrupted audit command', () => {
  it('saves its progress and continues to the same result, if it is verify', async () => {
    // The first divergence is printed immediately: verify is then in the middle of the history.
    const history = await file('long.ndjson', lines.with(1, 'garbage\n').join(''));
    const checkpoint = join(folder, 'interrupted.json');
    const words = ['audit', 'verify', '--json', '--file', history];
    const verifying = rollcall([...words, '--checkpoint', checkpoint]);
    await verifying.line(({ event }) => event === 'divergence');
    verifying.kill('SIGINT');
    expect(await verifying.exited).toBe(130);
    const stopped = verifying.lines.at(-1) as unknown as { event: string; events: number };
    expect(stopped.event).toBe('interrupted');
    expect(stopped.events).toBeLessThan(lines.length);
    expect(verifying.stderr).toContain('run the same command again to resume');

    const resumed = await command([...words, '--checkpoint', checkpoint]);
    const whole = await command(words);
    const told = resumed.documents();
    expect(told.slice(0, -1)).toEqual(whole.documents().slice(0, -1));
    expect(told.at(-1)).toEqual({ ...whole.documents().at(-1), resumed: stopped.events });
    expect(resumed.code).toBe(1);
  });

  it('leaves no partial file, if it is an export', async () => {
    const history = await file('source.ndjson', lines.join(''));
    await file('kept.ndjson.gz', 'what was there before');
    const exporting = rollcall([
      'audit',
      'export',
      '--file',
      history,
      '--out',
      join(folder, 'kept.ndjson.gz'),
    ]);
    while (!(await readdir(folder)).includes('kept.ndjson.gz.part')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    exporting.kill('SIGINT');
    expect(await exporting.exited).toBe(130);
    expect(await readdir(folder)).not.toContain('kept.ndjson.gz.part');
    expect(await readFile(join(folder, 'kept.ndjson.gz'), 'utf8')).toBe('what was there before');
    expect(exporting.stderr).toContain('interrupted: nothing was written');
  });
});

describe('a damaged history file', () => {
  const verify = (path: string) => command(['audit', 'verify', '--file', path]);

  it('cut off in its compressed form is verified up to the cut, which is reported', async () => {
    const packed = gzipSync(lines.slice(0, 1000).join(''));
    const { code, out } = await verify(
      await file('cut.gz', packed.subarray(0, packed.length - 500)),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^✕ #\d+ illegible {2}after line \d+: .*unexpected end of file$/m);
    expect(out).toContain('1 divergence');
  });

  it('with a changed line is reported with that line or its event', async () => {
    const changed = lines.slice(0, 1000).with(499, 'not an event\n');
    const { code, out } = await verify(await file('changed.ndjson', changed.join('')));
    expect(code).toBe(1);
    expect(out).toMatch(/^✕ #500 illegible {2}line 500: /m);
  });

  it('without events is reported as not verified', async () => {
    const { code, out } = await verify(await file('empty.ndjson', ''));
    expect(code).toBe(1);
    expect(out).toMatch(/^the history of file '.*empty\.ndjson' has no event$/m);
  });

  it('that does not exist is reported', async () => {
    const { code, err } = await verify(join(folder, 'nowhere.ndjson'));
    expect(code).toBe(2);
    expect(err).toContain('nowhere.ndjson: there is no such file');
  });
});

describe('a part of a history', () => {
  it('is verified from its start and replayed with a warning', async () => {
    const part = await file('part.ndjson', lines.slice(20_000, 21_000).join(''));
    const verified = await command(['audit', 'verify', '--file', part]);
    expect(verified.out).toContain('the history begins at #20001');
    expect(verified.out).toContain('no divergence');
    expect(verified.code).toBe(0);
    const replayed = await command(['audit', 'replay', '--file', part, '--at', '20500']);
    expect(replayed.err).toContain('records that did not change since then are missing');
    const early = await command(['audit', 'replay', '--file', part, '--at', '5']);
    expect(early.err).toContain(
      'the moment is before the first event: the history begins at #20001',
    );
    const late = await command(['audit', 'replay', '--file', part, '--at', '99999']);
    expect(late.err).toContain('the history ends at #21000');
  });

  it('is refused by audit tail --follow', async () => {
    const part = await file('followed.ndjson', lines.slice(0, 10).join(''));
    const { code, err } = await command(['audit', 'tail', '--file', part, '--follow']);
    expect(code).toBe(2);
    expect(err).toContain('a file does not grow');
  });
});
