import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../../src/cli/command/exit.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { Fault, type FaultCode } from '../../../src/domain/fault.ts';
import { checkout, generatedDocs } from '../../../tools/docs/generated-docs.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { publicSurface } from '../public-surface.ts';
import { type Command, commandsOf, deadLinks, deadPaths, docsPages } from './docs-pages.ts';

const pages = docsPages();
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');

describe('the documents', () => {
  test('link only to files and headings that exist', () => {
    expect(pages.flatMap(deadLinks)).toEqual([]);
  });

  test('name only paths that exist', () => {
    expect(pages.flatMap(deadPaths)).toEqual([]);
  });

  test('show only commands that the program parses', async () => {
    const commands = pages.flatMap((page) => commandsOf(page, /^(bin\/)?rollcall$/));
    expect(commands.length).toBeGreaterThan(50);
    const failures: string[] = [];
    for (const command of commands) {
      const complaint = await parseComplaint(command);
      if (complaint !== undefined) failures.push(`${command.page}: ${command.text}: ${complaint}`);
    }
    expect(failures).toEqual([]);
  });

  test('name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = pages
      .flatMap((page) => commandsOf(page, /^npm$/))
      .filter(({ words: [verb, name] }) => verb === 'run' && name !== undefined);
    expect(named.length).toBeGreaterThan(5);
    expect(
      named
        .filter(({ words }) => !(String(words[1]) in scripts))
        .map(({ page, text }) => `${page}: ${text}`),
    ).toEqual([]);
  });

  test('that are generated are up to date', () => {
    const stale = [...generatedDocs()].filter(([path, text]) => read(path) !== text);
    expect(stale.map(([path]) => `${path} is stale: npm run docs`)).toEqual([]);
  });

  test('explain every error code and every exit code', () => {
    const page = read('docs/reference/error-codes.md');
    const codes = [...page.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, name, exit]) => {
      return `${name} ${exit}`;
    });
    const exits = [...page.matchAll(/^\| `(\d+)` \|/gm)].map(([, code]) => Number(code));
    const surface = publicSurface();
    const exitOf = (code: string) => exitCodeOf(new Fault(code as FaultCode, ''));
    expect(codes.sort()).toEqual(surface.errorCodes.map((code) => `${code} ${exitOf(code)}`));
    expect(exits).toEqual(surface.exitCodes);
  });
});

/** The usage error of a command line; the command itself does not run. */
async function parseComplaint({ words, isComplete }: Command): Promise<string | undefined> {
  const { io, err } = fakeTerminal();
  const parsed = new Error('parsed');
  try {
    const code = await runProgram(words, io, {
      version: '0',
      starting() {
        throw parsed;
      },
    });
    const complaint = err.join('\n').split('\n')[0] ?? '';
    if (code === exitCodes.done || complaint === '') return undefined;
    // Inline code often names a command without its arguments; a group prints its help.
    const isShortened = !isComplete && /argument missing|missing required argument/.test(complaint);
    return isShortened || complaint.startsWith('Usage: ') ? undefined : complaint;
  } catch (cause) {
    if (cause === parsed) return undefined;
    throw cause;
  }
}
