import { createReadStream, createWriteStream } from 'node:fs';
import { access, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setup } from 'xstate';
import { runMachine } from '../../../machines/run.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

/** ELK takes a second to load, more on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
/** An agent froze, expired and returned as a new run. */
let history: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-charts-'));
  history = join(folder, 'history.ndjson');
  const golden = new URL('../../fixtures/golden/frozen-and-thawed.ndjson.gz', import.meta.url);
  await pipeline(createReadStream(golden), createGunzip(), createWriteStream(history));
});
afterAll(() => rm(folder, { recursive: true }));

async function rollcall(...words: readonly string[]) {
  const { io, out, err } = fakeTerminal({ columns: 200 });
  const code = await runProgram(words, io, { version: '1.2.3', starting: () => {} });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('machines list', () => {
  it('lists every machine with the hash that a record refers to', async () => {
    const { out } = await rollcall('machines', 'list', '--json');
    const rows = out.split('\n').map((line) => JSON.parse(line));
    expect(rows.map(({ name }) => name)).toEqual([
      ...['run', 'instance', 'session', 'collector', 'hold', 'brake', 'policy', 'store', 'drain'],
    ]);
    const { hash, edges, nodes } = chartOf(runMachine);
    expect(rows).toContainEqual({
      ...{ name: 'run', states: nodes.length - 1, transitions: edges.length, hash },
    });
  });
});

describe('machines draw', () => {
  it('draws a tree by default, with lines of at most 100 columns', async () => {
    const { code, out } = await rollcall('machines', 'draw', 'session');
    expect(code).toBe(0);
    expect(out).toContain('├─○ connecting');
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['run.svg', /^<svg /],
    ['run.mmd', /^stateDiagram-v2/],
    ['run.dot', /^digraph "run"/],
    ['run.txt', /^run #/],
  ])('chooses the format by the file name: %s', async (name, beginning) => {
    const file = join(folder, name);
    expect(await rollcall('machines', 'draw', 'run', '--out', file)).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toMatch(beginning);
  });

  it('draws a PNG with text in it', async () => {
    const file = join(folder, 'hold.png');
    expect(await rollcall('machines', 'draw', 'hold', '--out', file)).toMatchObject({ code: 0 });
    const png = await readFile(file);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(400);
  });

  it('writes each machine to its own file with --all', async () => {
    const words = ['machines', 'draw', '--all', '--format', 'svg', '--theme', 'dark'];
    expect(await rollcall(...words, '--out', folder)).toMatchObject({ code: 0 });
    for (const name of ['run', 'policy']) await access(join(folder, `${name}.svg`));
  });

  it('draws a machine from the user’s own file', async () => {
    const file = join(folder, 'door.ts');
    const source = "import { createMachine } from 'xstate';\nexport const door = createMachine(";
    await writeFile(file, `${source}{ id: 'door', initial: 'shut', states: { shut: {} } });\n`);
    const { out } = await rollcall('machines', 'draw', 'door', '--machines', file);
    expect(out).toContain('○ shut');
  });

  it.each([
    [['nope'], 'not-found', 'the machines are run, instance'],
    [[], 'bad-setting', 'either a machine name or --all'],
    [['run', '--all'], 'bad-setting', 'either a machine name or --all'],
    [['run', '--format', 'png'], 'bad-setting', 'cannot be printed'],
    [['run', '--format', 'gif'], 'bad-setting', 'one of svg, png, mermaid, dot, text'],
    [['run', '--out', 'run.sgv'], 'bad-setting', "no format has the extension '.sgv'"],
    [['run', '--out', '/nowhere/run.svg'], 'bad-setting', "there is no directory '/nowhere'"],
    [['run', '--out', '/'], 'bad-setting', 'it is a directory'],
    [['--all', '--out', import.meta.filename], 'bad-setting', 'its parent directory is a file'],
    [['run', '--machines', '/nowhere'], 'bad-setting', 'no such file or directory'],
    [['run', '--theme', 'pink'], 'bad-setting', 'light or dark'],
    [['run', '--depth', '0'], 'bad-setting', 'from 1'],
  ])('refuses %j: %s', async (words, code, message) => {
    const failure = await rollcall('machines', 'draw', ...words).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Fault);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('rollcall show', () => {
  const today = chartOf(runMachine);
  /** An older machine, in which the state `live` is named `alive`. */
  const then = chartOf(
    setup({}).createMachine({
      id: 'run',
      initial: 'present',
      states: {
        present: {
          type: 'parallel',
          states: {
            phase: {
              initial: 'live',
              states: { registering: {}, live: { description: 'Of old.' } },
            },
            sight: { initial: 'clear', states: { clear: {} } },
          },
        },
      },
    }),
  );

  /** The history as if its runs had used another chart. */
  async function rewritten(name: string, hash: string) {
    const file = join(folder, name);
    await writeFile(file, (await readFile(history, 'utf8')).replaceAll(today.hash, hash));
    return file;
  }

  it('shows the state of an agent’s latest run and the possible next events', async () => {
    const { code, out } = await rollcall('show', 'h1/a', '--file', history);
    expect(code).toBe(0);
    expect(out).toContain('● live ◂ now');
    expect(out).toContain('→ withdrawn ⇒ leaving');
    expect(out).toContain('→ announced ⇒ live  ×1  ◂ last');
    expect(out).not.toContain('→ removed');
    expect(out).toContain('its session: serving');
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  it('shows the state at a moment', async () => {
    const { out } = await rollcall('show', 'h1/a', '--at', '10', '--file', history);
    expect(out).toContain('● expired ◂ now');
    expect(out).toContain('→ removed ⇒ gone');
    expect(out).not.toContain('live ◂ now');
  });

  it('prints the state as JSON', async () => {
    const { out } = await rollcall('show', 'web/w1', '--json', '--file', history);
    expect(JSON.parse(out)).toMatchObject({
      ...{ machine: 'instance', state: 'serving', known: true },
      active: ['instance', 'instance.serving'],
    });
  });

  it('uses the machine of the record, not the present one', async () => {
    const file = await rewritten('then.ndjson', then.hash);
    const kept = { run: { [then.hash]: then } };
    await writeFile(`${file}.charts.json`, JSON.stringify(kept));
    const { code, out } = await rollcall('show', 'h1/a', '--file', file);
    expect(code).toBe(0);
    expect(out).toContain(`run #${then.hash}`);
    expect(out).toContain('● live ◂ now  Of old.');
    expect(out).not.toContain('superseded');
  });

  it.each([
    ['nobody kept the chart', undefined],
    ['another chart stands under its hash', { run: { ffffffffffff: today } }],
    ['what was kept cannot be read', 'x'],
  ])('draws no wrong picture if %s', async (_, kept) => {
    const file = await rewritten('unknown.ndjson', 'ffffffffffff');
    if (kept) await writeFile(`${file}.charts.json`, JSON.stringify(kept));
    const { code, out, err } = await rollcall('show', 'h1/a', '--file', file);
    expect(code).toBe(1);
    expect(out).not.toContain('◂ now');
    expect(out).toContain('{"present":{"phase":"live","sight":"clear"}}');
    expect(err).toContain("#ffffffffffff of machine 'run', which is not built in");
    expect(err).toContain('publish');
  });

  it('draws an exported history with the charts in the export', async () => {
    const file = await rewritten('then.ndjson', then.hash);
    await writeFile(`${file}.charts.json`, JSON.stringify({ run: { [then.hash]: then } }));
    const out = join(folder, 'again.ndjson.gz');
    expect(await rollcall('audit', 'export', '--file', file, '--out', out)).toMatchObject({
      code: 0,
    });
    await cp(`${out}.charts.json`, join(folder, 'kept.json'));
    const kept = JSON.parse(await readFile(join(folder, 'kept.json'), 'utf8'));
    expect(Object.keys(kept).sort()).toEqual(['collector', 'instance', 'run', 'session']);
    expect(kept.run[then.hash]).toEqual(then);
    const shown = await rollcall('show', 'h1/a', '--file', out);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('Of old.') });
  });

  it('answers not-found for --at before the first event of an entity', async () => {
    const failure = await rollcall('show', 'h1/a', '--at', 'before:1', '--file', history).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('at or before'),
    });
  });
});
