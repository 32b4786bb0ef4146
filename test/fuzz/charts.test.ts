import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMachine } from '../../machines/run.ts';
import { buildDiagram } from '../../src/charts/diagram/diagram.ts';
import { chartHash, chartOf } from '../../src/charts/model/chart.ts';
import type { Chart } from '../../src/charts/model/chart-data.ts';
import { parseChart } from '../../src/charts/model/parse-chart.ts';
import { attributeWord, escapeXml } from '../../src/charts/svg/escape-xml.ts';
import { exportedCharts } from '../../src/cli/audit/exported-charts.ts';
import { parseRange, parseTime } from '../../src/dashboard/web/format/parse-time.ts';
import { readSubject, writeSubject } from '../../src/dashboard/web/model/subject.ts';
import { readRoute, writeRoute } from '../../src/dashboard/web/state/route.ts';
import { anyText } from '../arbitrary/names.ts';
import { everything } from '../charts/everything.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const known = [chartOf(runMachine), chartOf(everything)];

/** Stored under its correct hash; the reader ignores a chart with another hash. */
function kept(text: string): Chart | undefined {
  try {
    const { machine, nodes, edges } = JSON.parse(text);
    return parseChart(text, { machine, hash: chartHash({ nodes, edges }) });
  } catch {
    // No JSON or no object: it has no hash.
    return parseChart(text, { machine: 'run', hash: 'ffffffffffff' });
  }
}

test('any stored text is a chart that can be drawn, or no chart', () =>
  fuzz(
    mutated(fc.constantFrom(...known)),
    (text) => {
      const chart = kept(text);
      if (!chart) return;
      const { boxes } = buildDiagram(chart, []);
      expect(boxes.length).toBeLessThanOrEqual(chart.nodes.length);
    },
    { runs: 200 },
  ));

test('any name is plain text in a picture and a single token in an attribute', () =>
  fuzz(fc.oneof(anyText, fc.constantFrom('"><script>', ']]>', '&#0;', '\ud800')), (name) => {
    expect(escapeXml(name)).toMatch(/^(?:[^&<>"']|&#\d+;)*$/u);
    expect(escapeXml(attributeWord(name))).not.toMatch(/[\s<>"']/);
    expect(escapeXml(name).isWellFormed()).toBe(true);
  }));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = chartOf(runMachine);
const beside = { run: { [run.hash]: run } };

test('any charts next to a history are read as texts or are absent', () =>
  fuzz(
    fc.tuple(mutated(fc.constant(beside)), fc.constantFrom('run', '__proto__', 'constructor')),
    async ([text, machine]) => {
      const file = join(directory, 'history');
      await writeFile(`${file}.charts.json`, text);
      const found = await foreseen(() => exportedCharts(file).get(machine, run.hash));
      if (typeof found === 'string') parseChart(found, { machine, hash: run.hash });
      else expect(found).toBeUndefined();
    },
  ));

test('any address is a route, and the route has the same address when it is written again', () =>
  fuzz(
    fc.oneof(
      anyText,
      fc.constantFrom('#/gc?at=seq:9&__proto__=1', '#/?%', '#/__proto__', '#/entity?of=host/%ff'),
    ),
    (hash) => {
      const route = readRoute(hash);
      expect(['fleet', 'services', 'timeline', 'machines', 'gc', 'entity']).toContain(route.screen);
      expect(route.at === null || Number.isSafeInteger(route.at)).toBe(true);
      expect(readRoute(writeRoute(route))).toMatchObject({ screen: route.screen, at: route.at });
    },
  ));

const subject = fc
  .tuple(fc.constantFrom('host/', 'agent/x/', 'instance/%2f/'), anyText)
  // The browser never passes an address with half a surrogate pair.
  .map(([kind, name]) => (kind + name).toWellFormed());

test('any text is a subject that is written the same again, or no subject', () =>
  fuzz(fc.oneof(anyText, subject), (text) => {
    const read = readSubject(text.toWellFormed());
    if (read) expect(readSubject(writeSubject(read))).toEqual(read);
  }));

const anyTime = fc.oneof(
  anyText,
  fc
    .array(
      fc.constantFrom(
        'yesterday ',
        '2026-11-29 ',
        '29 Nov ',
        '31 feb 2026 ',
        '14:03',
        '9:1',
        ' utc',
        ' CET',
        '+02:00',
        ' ago',
        '10',
        'm ',
        ' - ',
      ),
    )
    .map((parts) => parts.join('')),
);

test('any text is a time or a range, or is none', () =>
  fuzz(anyTime, (text) => {
    const at = parseTime(text, 1_764_000_000_000);
    expect(at === undefined || Number.isFinite(at)).toBe(true);
    const range = parseRange(text, 1_764_000_000_000);
    if (range !== undefined) expect(range.from).toBeLessThan(range.to);
  }));
