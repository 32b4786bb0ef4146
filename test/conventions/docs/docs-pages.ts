import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { checkout } from '../../../tools/docs/generated-docs.ts';

/** A page of the documentation: its path in the repository and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export const docsPages = (): readonly Page[] =>
  [...globSync('*.md', { cwd: checkout }), ...globSync('docs/**/*.md', { cwd: checkout })]
    .sort()
    .map((path) => ({ path, text: readFileSync(join(checkout, path), 'utf8') }));

/** Links to files and anchors of the repository that do not exist, each with its page. */
export function deadLinks(page: Page): readonly string[] {
  const prose = withoutCode(page.text);
  const links = [
    ...[...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, link = '']) => link),
    ...[...prose.matchAll(/(?:src|srcset|href)="([^"]+)"/g)].map(([, link = '']) => link),
  ];
  return links
    .filter((link) => !/^[a-z]+:/.test(link) && !isAlive(page, link))
    .map((link) => `${page.path}: ${link}`);
}

function isAlive(page: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
  if (!existsSync(join(checkout, path))) return false;
  if (anchor === undefined) return true;
  return path.endsWith('.md') && anchorsOf(readFileSync(join(checkout, path), 'utf8')).has(anchor);
}

/** Anchors of the headings, by the rules of GitHub. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(text).matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

const pathPattern = /(?<![\w./@-])(?:src|machines|test|docs|tools|docker)\/[\w./-]*\w/g;

/** Paths of the repository that a page names and that do not exist. An extension may be left out. */
export function deadPaths({ path: page, text }: Page): readonly string[] {
  // Links are relative to their page, and an option of a command may name a file to be written.
  const named = [
    ...text.replace(/\]\([^)\s]+\)|(?:src|srcset)="[^"]+"|--out \S+/g, '').matchAll(pathPattern),
  ]
    // A glob or a placeholder follows.
    .filter(({ index, input, 0: path }) => !/^\/?[*{<]/.test(input.slice(index + path.length)))
    .map(([path]) => path);
  const exists = (path: string) =>
    // Pictures of machines are drawn next to them on demand.
    /^machines\/\w+\.svg$/.test(path) ||
    ['', '.ts', '.tsx', '.test.ts'].some((end) => existsSync(join(checkout, `${path}${end}`)));
  return [...new Set(named)].filter((path) => !exists(path)).map((path) => `${page}: ${path}`);
}

/** A command of a page, as words; `isComplete` in a code block, where an argument must not be missing. */
export interface Command {
  readonly page: string;
  readonly text: string;
  readonly words: readonly string[];
  readonly isComplete: boolean;
}

/** The commands of one program in code blocks and in inline code. */
export function commandsOf({ path: page, text }: Page, program: RegExp): readonly Command[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|console)?\n(.*?)^ *```/gms)];
  const lines = blocks.flatMap(([, body = '']) => body.replaceAll(/\\\n/g, ' ').split('\n'));
  const inline = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, body = '']) => body);
  const commands = (bodies: readonly string[], isComplete: boolean) =>
    bodies
      .flatMap(simpleCommands)
      .filter(([first = '', second = '']) => program.test(first) && !/^([A-Z<]|…)/.test(second))
      .map((words) => ({ page, text: words.join(' '), words: words.slice(1), isComplete }));
  return [...commands(lines, true), ...commands(inline, false)];
}

/** Cuts a line of shell at operators and comments; quotes are removed, variables kept as they are. */
function simpleCommands(line: string): readonly (readonly string[])[] {
  const tokens =
    line.replace(/^\s*\$ /, '').match(/"[^"]*"|'[^']*'|&&|[|;&]|\s#.*$|[^\s|;&]+/g) ?? [];
  const commands: string[][] = [[]];
  for (const token of tokens) {
    if (/^\s*#/.test(token)) break;
    if (/^(&&|[|;&])$/.test(token)) commands.push([]);
    else if (!/^[A-Z_]+=/.test(token) || commands.at(-1)?.length !== 0) {
      // Brackets mark what is optional.
      commands
        .at(-1)
        ?.push(token.replace(/^\[(.*)$|^([^[]*)\]$/, '$1$2').replace(/^(["'])(.*)\1$/, '$2'));
    }
  }
  return commands.filter((words) => words.length > 0);
}

const withoutBlocks = (text: string): string => text.replace(/^ *```.*?^ *```/gms, '');

const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]+`/g, '``');
