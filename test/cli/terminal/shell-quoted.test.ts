import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnoseRecords } from '../../../src/cli/doctor/registry.ts';
import { lossReport } from '../../../src/cli/tables/loss-lines.ts';
import { inQuotes, shellWord } from '../../../src/cli/terminal/shell-quoted.ts';
import type { LostAgent } from '../../../src/domain/losses/losses.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

/** The words that bash makes of a line. */
const words = (line: string): readonly string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { cwd: tmpdir(), encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

test.each([
  'web/w1',
  'zone:ams',
  "it's",
  '$(touch pwned)',
  'a b',
  '`x`',
  ';x',
  "';x;'",
  '~',
  '!1',
  '*',
])('a shell reads the name %s as one word, and executes nothing in it', (name) => {
  expect(words(shellWord(name))).toEqual([name]);
  expect(words(inQuotes(name))).toEqual([name]);
});

test('a shell reads any name as one word', () => {
  const name = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 50 }), (names) => {
      expect(words(names.map(shellWord).join(' '))).toEqual(names);
    }),
    { numRuns: 20 },
  );
});

test('a name that needs no quotation marks has none', () => {
  expect(['web/db-1-web-8080', 'zone:ams', 'h1%2Fx', 'köln'].map(shellWord)).toEqual([
    ...['web/db-1-web-8080', 'zone:ams', 'h1%2Fx', 'köln'],
  ]);
});

const hostile = ["x';touch$", "{IFS}pwned;'"].join('');

test('the command that removes a record is safe to copy, whatever its key', () => {
  const unreadable = [{ kind: 'unreadable', key: `instance.h1.${hostile}`, revision: 1, why: '?' }];
  const lists = { agents: () => [], instances: () => [], unreadable: () => unreadable };
  const directory = { ...lists, fleet: { leftOut: new Map() } } as unknown as Directory;
  const [found] = diagnoseRecords(directory, { stream: 'KV_rollcall_x_registry' });
  const [, command = ''] = /with `(rollcall gc remove .*)`$/.exec(found?.mend ?? '') ?? [];
  expect(words(command)).toEqual(['rollcall', 'gc', 'remove', `instance.h1.${hostile}`]);
});

test('the command that acknowledges a loss is safe to copy, whatever the zone of the agent', () => {
  const lost: LostAgent = {
    ...{ host: 'h', agent: 'a', zone: hostile, run: 'r', since: 0, instances: [] },
  };
  const remaining = {
    ...{ agentsIn: () => 0, backIn: () => [], instancesOf: () => 0, down: () => new Map() },
  };
  const lines = lossReport({ lost: [lost], acknowledged: [], remaining }, 0, fakeTerminal().io);
  const [, command = ''] = /(rollcall lost ack .*)$/.exec(lines.at(-1) ?? '') ?? [];
  expect(words(command)).toEqual(['rollcall', 'lost', 'ack', `zone:${hostile}`]);
});
