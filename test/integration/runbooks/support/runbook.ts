import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Ended } from '../../cli/support/run-command.ts';
import type { Drill } from '../../disasters/support/drill.ts';
import type { RollcallProcess } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';

const page = 'docs/how-to/runbooks.md';
const document = new URL(`../../../../${page}`, import.meta.url);

/** The text below the heading of a runbook, without the line that names its test. */
function textOf(heading: string): string {
  const sections = readFileSync(document, 'utf8').split(/^## /m);
  const section = sections.find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no runbook '${heading}'`);
  return section.replace(/^Tested by[\s\S]*/m, '');
}

/** The commands of a runbook in the order of its text: inline, and the lines of its code blocks. */
export function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/`(rollcall [a-z][^`]*)`|^ *(rollcall [a-z].*?)(?:\s+# .*)?$/gm)].map(
    ([, inline, fenced]) => (inline ?? fenced ?? '').replaceAll(/\s+/g, ' ').trim(),
  );
}

interface Expected {
  /** The exit code; 0 by default. */
  readonly code?: number;
  /** What the output contains, with its lines joined by spaces. */
  readonly shows?: readonly (RegExp | string)[];
  /** Repeats the command for so many ms until it ends so: for what is read, not for what changes something. */
  readonly within?: number;
}

/**
 * A runbook that a test plays: the very commands of the document, one after the other, with the words in capitals
 * replaced. None may be left out, and none may be played before those above it.
 */
export class Runbook {
  readonly heading: string;
  /** Its text as it is in the document, with its lines joined. */
  readonly text: string;
  readonly #drill: Drill;
  readonly #chosen: Record<string, string>;
  readonly #left: string[];

  /** `chosen`: what a person puts in the place of the words in capitals, longer words first. */
  constructor(heading: string, drill: Drill, chosen: Readonly<Record<string, string>> = {}) {
    this.heading = heading;
    const text = textOf(heading);
    this.text = text.replaceAll(/\s+/g, ' ');
    this.#drill = drill;
    this.#chosen = { '"…"': '"as the runbook says"', ...chosen };
    this.#left = [...commandsIn(text)];
  }

  /** The link of the alerts that lead here. */
  get link(): string {
    return `${page}#${this.heading.toLowerCase().replaceAll(' ', '-')}`;
  }

  /** From now on this word stands for something else. */
  choose(word: string, value: string): void {
    this.#chosen[word] = value;
  }

  /** Runs the next command of the document to its end. */
  async run(command: string, { code = 0, shows = [], within }: Expected = {}): Promise<Ended> {
    const line = this.#next(command);
    let last: Ended | undefined;
    const fits = async () => {
      last = await this.#drill.play(line);
      return last.code === code && shows.every((one) => contains(last as Ended, one));
    };
    if (within === undefined) await fits();
    else await until(line, fits, within).catch(() => {});
    const { out, err, code: ended } = last as Ended;
    expect([line, ended, err, out]).toEqual([line, code, expect.any(String), expect.any(String)]);
    for (const one of shows) expect(joined(last as Ended)).toMatch(one);
    return last as Ended;
  }

  /** Starts the next command of the document, which goes on until it is stopped. `more`: what this machine needs. */
  start(command: string, more: readonly string[], env: NodeJS.ProcessEnv = {}): RollcallProcess {
    const [, ...args] = this.#next(command).split(' ');
    return this.#drill.start([...args, ...more], env);
  }

  /** A command that the text only speaks of, and that the test ran before. */
  mentioned(command: string): void {
    this.#next(command);
  }

  /** The document has no command that was not played. */
  end(): void {
    expect(this.#left).toEqual([]);
  }

  #next(command: string): string {
    expect(this.#left[0], `the next command of '${this.heading}'`).toBe(command);
    this.#left.shift();
    return Object.entries(this.#chosen).reduce(
      (line, [word, value]) => line.replace(word, value),
      command,
    );
  }
}

const joined = ({ out, err }: Ended) => `${out} ${err}`.replaceAll(/\s+/g, ' ');
const contains = (ended: Ended, what: RegExp | string) =>
  typeof what === 'string' ? joined(ended).includes(what) : what.test(joined(ended));
