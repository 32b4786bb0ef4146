import type { Command } from '../../src/cli/command/command.ts';
import { common } from '../../src/cli/command/settings/common.ts';
import { type Settings, variableOf } from '../../src/cli/command/settings/setting.ts';
import { commands } from '../../src/cli/command-list.ts';
import { cell, code, codeCell, pageHead, table } from './markdown.ts';

/** Every command with its options and examples, from the table that the program itself is made of. */
export function cliReference(): string {
  const names = commands.map(({ name }) => `[${name}](#rollcall-${name.replaceAll(' ', '-')})`);
  return [
    pageHead('Command line', 'src/cli/commands'),
    'Usage: `rollcall COMMAND [options]`. `rollcall COMMAND --help` prints the same texts.',
    '',
    'Each option is also an environment variable and a key of the configuration file: see',
    '[configuration](configuration.md). Exit codes: see [error codes](error-codes.md#exit-codes).',
    'Documents that `--json` prints: see [protocol, section 9](protocol.md#9-what-commands-print).',
    '',
    `Commands: ${names.join(' · ')}`,
    '',
    ...commands.flatMap(commandSection),
    '## Options of every command',
    '',
    ...optionTable(common),
    '',
  ].join('\n');
}

const commandSection = ({ name, summary, args, settings, examples }: Command) => [
  `## rollcall ${name}`,
  '',
  sentence(summary),
  '',
  '```text',
  ['rollcall', name, ...(args ? [args] : []), '[options]'].join(' '),
  '```',
  '',
  ...(Object.keys(settings).length > 0 ? [...optionTable(settings), ''] : []),
  ...examples.flatMap(([line, what]) => [`- ${code(line)}: ${what}`]),
  ...(examples.length > 0 ? [''] : []),
];

const optionTable = (settings: Settings): readonly string[] =>
  table(
    ['option', 'meaning', 'default', 'variable'],
    Object.values(settings).map((setting) => [
      codeCell(setting.flag),
      cell(setting.description),
      cell(setting.fallback ?? ''),
      code(variableOf(setting)),
    ]),
  );

/** A summary starts in lower case in the help; here it is a sentence. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
