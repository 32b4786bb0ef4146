import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyLine } from '../../src/adapters/files/history-line.ts';
import { credentialsExpiry } from '../../src/adapters/nats/login/credentials-expiry.ts';
import { exitCodes } from '../../src/cli/command/exit.ts';
import { common } from '../../src/cli/command/settings/common.ts';
import {
  applyPolicyChanges,
  parsePolicyChanges,
  policyLines,
} from '../../src/cli/command/settings/policy-settings.ts';
import { nameOf } from '../../src/cli/command/settings/setting.ts';
import { Size } from '../../src/cli/command/settings/size.ts';
import { commands } from '../../src/cli/command-list.ts';
import { runProgram } from '../../src/cli/program.ts';
import { ago, clockTime, dateTime, formatElapsed } from '../../src/cli/terminal/format-time.ts';
import { paletteOf } from '../../src/cli/terminal/palette.ts';
import { printError } from '../../src/cli/terminal/print-error.ts';
import { parseNatsContext } from '../../src/composition/access/contexts.ts';
import { parseEntity } from '../../src/composition/names/entity-name.ts';
import { parseTarget } from '../../src/composition/names/host-or-agent.ts';
import { stripCredentials } from '../../src/composition/store/access.ts';
import { Duration, DurationOrMillis } from '../../src/composition/time/duration.ts';
import { parseMoment } from '../../src/composition/time/moment-expression.ts';
import { Fault } from '../../src/domain/fault.ts';
import { defaultFleetPolicy } from '../../src/domain/policy/fleet-policy.ts';
import { anyText } from '../arbitrary/names.ts';
import { fakeTerminal } from '../cli/support/fake-terminal.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
});
afterAll(() => rm(directory, { recursive: true }));

const words = [
  ...new Set(commands.flatMap(({ name }) => name.split(' '))),
  ...Object.values({
    ...common,
    ...Object.assign({}, ...commands.map(({ settings }) => settings)),
  }).map((setting) => `--${nameOf(setting as (typeof common)['json'])}`),
  ...[
    '--',
    '-',
    '-h',
    '--help',
    'help',
    '--version',
    '--no-',
    '--=',
    '--json=no',
    '--file=',
    '__proto__',
  ],
];
const argv = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, anyText), {
  maxLength: 6,
});

class Started extends Error {}

/** No control characters; every line break is one that the program printed. */
const hostile = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const tame = (lines: readonly string[]) => {
  for (const line of lines.flatMap((all) => all.split('\n')))
    expect(hostile.test(line)).toBe(false);
};

test('any command line is refused with a message, prints help or starts a command', () =>
  fuzz(
    argv,
    async (line) => {
      const { io, out, err } = fakeTerminal();
      const starting = () => {
        throw new Started();
      };
      try {
        const code = await runProgram(line, io, { version: '1', starting });
        expect([exitCodes.done, exitCodes.usage]).toContain(code);
        expect(code === exitCodes.usage ? err.join('') : out.join('')).not.toBe('');
        tame([...out, ...err]);
      } catch (cause) {
        if (!(cause instanceof Started)) throw cause;
      }
    },
    { runs: 120 },
  ));

const events = [...longHistory(20, { agents: 2 })];
const lines = events.map((event) => JSON.parse(historyLine(event)));
const reading = fc.constantFrom(
  ...[
    ['audit', 'tail', '--from', 'start'],
    ['audit', 'tail'],
    ['audit', 'show', 'host-1.example/main'],
    ['audit', 'show', 'policy'],
    ['audit', 'replay', '--at', 'now'],
    ['audit', 'replay', '--at', '1', '--diff', '20'],
    ['audit', 'verify'],
    ['audit', 'export', '--out', '-'],
  ],
);

/** A history with arbitrary text in its lines, as input of commands that print it. */
test('a command that reads a file with any contents prints a result and ends with an exit code', () =>
  fuzz(
    fc.record({
      line: mutated(fc.constantFrom(...lines)),
      at: fc.nat({ max: lines.length }),
      command: reading,
      json: fc.boolean(),
      extra: fc.array(
        anyText.map((text) => `--${text}`),
        { maxLength: 1 },
      ),
    }),
    async ({ line, at, command, json, extra }) => {
      const file = join(directory, 'history');
      const text = lines.map((one) => JSON.stringify(one)).toSpliced(at, 1, line);
      await writeFile(file, text.join('\n'));
      const { io, out, err } = fakeTerminal({ signal: AbortSignal.timeout(3000) });
      const whole = [...command, '--file', file, ...(json ? ['--json'] : []), ...extra];
      const code = await foreseen(() =>
        runProgram(whole, io, { version: '1', starting: () => {} }),
      );
      if (code instanceof Fault) {
        expect(code.code).toMatch(/^(bad-|not-found)/);
        printError(code, io);
      } else expect(Object.values(exitCodes)).toContain(code);
      // An export to standard output is raw bytes, not text for people.
      if (command[1] !== 'export') tame([...out, ...err]);
    },
    { runs: 100 },
  ));

const said = fc.oneof(
  anyText,
  fc.constantFrom(
    'constructor=1',
    '__proto__=1',
    'toString=',
    'seats=1e9',
    'brake.pace=99999999999d',
    'seats',
  ),
  fc.constantFrom(
    '1 constructor',
    '5GB',
    '1e9d',
    '9'.repeat(400),
    `${'9'.repeat(400)}d`,
    '1h1h1h',
    '-1s',
  ),
  fc.constantFrom(
    'before:',
    '#1',
    '99:99:99',
    '2026-02-31',
    '9999-12-31T23:59:60Z',
    `${'9'.repeat(300)}d ago`,
  ),
  fc.constantFrom(
    'hold:',
    'brake:',
    'agent:a/b/c',
    'run:',
    '/',
    '//',
    'a/b/c/d',
    '%2F/%25',
    'hold:a/',
  ),
  fc
    .tuple(fc.constantFrom('seats', 'brake.pace', 'retention.maxAge', 'brake.fraction'), anyText)
    .map(([name, value]) => `${name}=${value}`),
);

test('any text as policy, target, entity, moment, duration, size or address is read or refused', () =>
  fuzz(
    said,
    async (text) => {
      const refused = await Promise.all([
        foreseen(() =>
          policyLines(applyPolicyChanges(defaultFleetPolicy, parsePolicyChanges([text]))),
        ),
        foreseen(() => parseTarget(text)),
        foreseen(() => parseNatsContext('x', text, '/home/x')),
        foreseen(() => parseEntity(text)),
      ]);
      const { io, err } = fakeTerminal();
      for (const one of refused) if (one instanceof Fault) printError(one, io);
      tame(err);
      const moment = parseMoment(text, Date.now());
      if (moment?.kind === 'time') expect(Number.isNaN(moment.at)).toBe(false);
      for (const rule of [Duration, DurationOrMillis, Size])
        expect(rule.safeParse(text)).toHaveProperty('success');
      expect(stripCredentials([text]).servers).toHaveLength(1);
    },
    { runs: 300, examples: ['constructor=1', '__proto__=1', `${'9'.repeat(300)}d ago`] },
  ));

const instant = fc.oneof(
  fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
  fc.maxSafeInteger(),
  fc.constantFrom(8.64e15, -8.64e15, 9e15, 1e300),
);

const edges: [number, number][] = [
  [8.64e15, 0],
  [-8.64e15, 0],
];

test.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])(
  'any time can be shown in %s',
  async (zone) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      await fuzz(
        fc.tuple(instant, instant),
        ([at, now]) => {
          for (const shown of [dateTime(at), clockTime(at), formatElapsed(now), ago(at, now)]) {
            expect(shown).not.toBe('');
          }
        },
        {
          runs: 100,
          examples: edges,
        },
      );
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  },
);

test('a failure with any message is printed without control characters', () =>
  fuzz(fc.tuple(anyText, anyText), ([message, hint]) => {
    const { io, err } = fakeTerminal();
    printError(new Fault('bad-name', message, { hint }), { ...io, palette: paletteOf(1) });
    tame(err);
  }));

test('the end of a credentials file is a number that a date can show, or not known', () =>
  fuzz(fc.oneof(anyText, fc.json()), (text) => {
    const claims = Buffer.from(text).toString('base64url');
    for (const creds of [text, `-BEGIN NATS USER JWT-----\nhead.${claims}.signature\n`]) {
      const end = credentialsExpiry(creds);
      if (end !== undefined) expect(new Date(end).toISOString()).toMatch(/Z$/);
    }
  }));
