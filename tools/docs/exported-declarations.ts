import { dirname, join } from 'node:path';

/** An exported declaration as the reference shows it. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type';
  /** Lines of its docstring, as Markdown. */
  readonly about: readonly string[];
  /** The declaration without function bodies. */
  readonly text: string;
  /** The interfaces that it extends, if they are declared in this repository. */
  readonly bases: readonly Declaration[];
}

export interface Export {
  /** The name that users import. */
  readonly name: string;
  /** The name in the file that declares it. */
  readonly local: string;
  readonly path: string;
}

/** The names that a file re-exports, with the files that declare them, in order. */
export function parseExports(index: string): readonly Export[] {
  const statements = index.matchAll(/export (?:type )?\{([^}]*)\} from '(\.{1,2}\/[^']+)';/g);
  return [...statements].flatMap(([, names = '', path = '']) =>
    names
      .split(',')
      .map((one) => one.trim().replace(/^type /, ''))
      .filter((one) => one !== '')
      .map((one) => {
        const [local = '', name = local] = one.split(' as ');
        return { name, local, path };
      }),
  );
}

/** Finds a declaration, also behind re-exports; `read` returns the text of a file by its path. */
export function resolveDeclaration(
  read: (path: string) => string,
  path: string,
  name: string,
): Declaration {
  const source = read(path);
  const behind = parseExports(source).find((one) => one.name === name);
  if (behind !== undefined) {
    return { ...resolveDeclaration(read, join(dirname(path), behind.path), behind.local), name };
  }
  const declaration = findDeclaration(source, name);
  const bases = basesOf(declaration.text).flatMap((base) => {
    const imported = importPath(source, base);
    if (imported !== undefined) {
      return [resolveDeclaration(read, join(dirname(path), imported), base)];
    }
    return source.includes(`interface ${base} {`) ? [resolveDeclaration(read, path, base)] : [];
  });
  return { ...declaration, bases };
}

const basesOf = (text: string): readonly string[] =>
  /^interface \w+ extends ([^{]+) \{/.exec(text)?.[1]?.split(/,\s*/) ?? [];

/** The file from which a source file imports a name. */
function importPath(source: string, name: string): string | undefined {
  const imports = source.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']+)';/gm);
  const names = (list = '') => list.split(',').map((one) => one.trim().replace(/^type /, ''));
  return [...imports].find(([, list]) => names(list).includes(name))?.[2];
}

/**
 * Finds a declaration and its docstring in the text of a TypeScript file.
 *
 * It reads code in the format of Biome, not the whole language: a declaration begins at the start of a line,
 * and its last line is not indented.
 */
function findDeclaration(source: string, name: string): Omit<Declaration, 'bases'> {
  const lines = source.split('\n');
  const pattern = new RegExp(`^(?:export )?(?:async )?(function|class|interface|type) ${name}\\b`);
  const start = lines.findIndex((line) => pattern.test(line));
  const kind = pattern.exec(lines[start] ?? '')?.[1] as Declaration['kind'] | undefined;
  if (kind === undefined) throw new Error(`no declaration of ${name} found`);
  return {
    name,
    kind,
    about: docstringBefore(lines, start),
    text: declarationText(lines.slice(start), kind).replace(/^export (async )?/, ''),
  };
}

function declarationText(lines: readonly string[], kind: Declaration['kind']): string {
  if (kind === 'function') {
    const end = lines.findIndex((line) => /\{$/.test(line) && /^\S/.test(line));
    return `${lines
      .slice(0, end + 1)
      .join('\n')
      .replace(/\s*\{$/, '')};`;
  }
  const [first = ''] = lines;
  const isLast = (line: string): boolean => {
    if (first.endsWith('{')) return /^\};?$/.test(line);
    return kind === 'type' ? line.endsWith(';') : line.endsWith('{}');
  };
  const end = lines.findIndex(isLast);
  const text = lines.slice(0, end + 1);
  return kind === 'class' ? withoutBodies(text) : text.join('\n');
}

/** Fields and signatures of a class; the bodies of its methods are left out. */
function withoutBodies(lines: readonly string[]): string {
  const shown: string[] = [];
  let skipping = false;
  for (const line of lines) {
    if (skipping) {
      skipping = line !== '  }';
    } else if (/^ {2}\S.*\{$/.test(line)) {
      shown.push(`${line.replace(/\s*\{$/, '')};`);
      skipping = true;
    } else shown.push(line);
  }
  return shown.join('\n');
}

function docstringBefore(lines: readonly string[], start: number): readonly string[] {
  if (!lines[start - 1]?.endsWith('*/')) return [];
  const begin = lines.slice(0, start).findLastIndex((line) => line.startsWith('/**'));
  return lines
    .slice(begin, start)
    .map((line) =>
      line
        .replace(/^\/\*\*\s?/, '')
        .replace(/\s*\*\/$/, '')
        .replace(/^ \* ?/, '')
        .replace(/^ \*$/, '')
        .replace(/\{@link (\w+)\}/g, '`$1`')
        .replace(/@throws \{(\w+)\} ?/, '\n\nThrows `$1`: '),
    )
    .join('\n')
    .replace(/^@deprecated\b/m, 'Deprecated.')
    .replace(/^@example\b.*$/m, '\nExample:\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .split('\n');
}
