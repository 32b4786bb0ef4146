import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { common } from '../../src/cli/command/settings/common.ts';
import { optionOf, type Settings } from '../../src/cli/command/settings/setting.ts';
import { commands } from '../../src/cli/command-list.ts';
import { checkout } from './run-biome.ts';
import { sourceFiles } from './source-files.ts';

const flagsOf = (settings: Settings): readonly string[] =>
  Object.values(settings).map((setting) => optionOf(setting).long ?? '');
const flagsOfAll = new Set(['--help', '--version', ...flagsOf(common)]);
const flagsByCommand = new Map(
  commands.map(({ name, settings }) => [name, new Set(flagsOf(settings))] as const),
);
const groups = new Set(
  commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]] : [])),
);

/**
 * What is wrong with the commands in a text: a command that does not exist, where a colon or a backtick shows that a
 * command is meant, and a flag that its command does not have. A command ends at a punctuation mark or at ` -- `.
 */
function faultsOf(text: string): readonly string[] {
  const found = text.matchAll(
    /(?<lead>: |(?<!\()`)?\brollcall (?<words>[a-z][^\n]*?)(?=[,;()'"`]|\. | -- |\n| rollcall |$)/g,
  );
  return [...found].flatMap(({ groups: part = {} }) => {
    const [first = '', second = '', ...more] = (part['words'] ?? '')
      .replace(/[\\.]$/, '')
      .split(' ');
    const isTwo = flagsByCommand.has(`${first} ${second}`);
    const name = isTwo ? `${first} ${second}` : first;
    const flags = flagsByCommand.get(name);
    if (flags === undefined) {
      return part['lead'] === undefined || groups.has(name) ? [] : [`there is no command ${name}`];
    }
    return (isTwo ? more : [second, ...more])
      .map((word) => /^--[a-z-]+/.exec(word)?.[0])
      .filter((flag) => flag !== undefined)
      .filter((flag) => !flags.has(flag) && !flagsOfAll.has(flag))
      .map((flag) => `${name} has no flag ${flag}`);
  });
}

test('every command and flag that a text of the program names exists', () => {
  const faults = sourceFiles().flatMap((path) =>
    faultsOf(readFileSync(join(checkout, path), 'utf8')).map((fault) => `${path}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

describe('a text', () => {
  test.each([
    ['then `rollcall access renew --finish`', 'access renew has no flag --finish'],
    ['to see them: rollcall list', 'there is no command list'],
    ['rollcall ui --file and rollcall audit verify --port', 'audit verify has no flag --port'],
  ])('%j is reported: %s', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  test.each([
    'to start it: rollcall run --service web -- node --inspect',
    'rollcall run starts it (docker run --init)',
    'what rollcall does --not read',
  ])('%j is accepted', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });
});
