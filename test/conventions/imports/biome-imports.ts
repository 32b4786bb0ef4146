import { posix } from 'node:path';
import { fileRules, type ImportRule, importRules } from './import-rules.ts';

/** The allowed folder or file, as an import in `from` names it, in a pattern of Biome. */
function patternOf(from: string, allowed: string): string {
  const tree = allowed.endsWith('/**');
  const target = tree ? allowed.slice(0, -'/**'.length) : allowed;
  const way = posix.relative(from, target) || '.';
  const path = way.startsWith('.') ? way : `./${way}`;
  if (target.endsWith('.ts')) return path;
  return tree ? `${path}/**` : `${path}/*`;
}

/** The patterns of Biome's `noRestrictedImports` for one folder: everything is refused, then allowed again. */
function patternsOf(folder: string, rule: ImportRule): readonly string[] {
  const { folders, packages = [], except = [] } = rule;
  return [
    '**',
    ...packages.map((name) => `!${name}`),
    // A pattern of a package must not allow a way into another folder.
    ...(packages.includes('*') ? ['./**', '../**'] : []),
    '!./*',
    ...folders.map((allowed) => `!${patternOf(folder, allowed)}`),
    ...except,
  ];
}

const overrideOf = (includes: string, folder: string, rule: ImportRule) => ({
  includes: [includes],
  linter: {
    rules: {
      style: {
        noRestrictedImports: {
          level: 'error',
          options: {
            patterns: [
              {
                group: patternsOf(folder, rule),
                message: `${folder} may import what test/conventions/imports/import-rules.ts lists`,
              },
            ],
          },
        },
      },
    },
  },
});

/** The text of `biome.imports.json`. */
export function biomeImports(): string {
  const overrides = [
    ...Object.entries(importRules).map(([folder, rule]) => overrideOf(`${folder}/*`, folder, rule)),
    ...Object.entries(fileRules).map(([file, rule]) => overrideOf(file, posix.dirname(file), rule)),
  ];
  return `${JSON.stringify({ overrides }, null, 2)}\n`;
}
