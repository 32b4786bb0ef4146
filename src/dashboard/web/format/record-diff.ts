import { dayTime } from './format-time.ts';

/** A path whose value differs between two documents. */
export interface Changed {
  readonly path: string;
  readonly mark: '+' | '−' | '~';
  readonly before: unknown;
  readonly after: unknown;
}

/** The paths that differ between two documents, sorted by path. */
export function changedPaths(before: unknown, after: unknown): readonly Changed[] {
  const found: Changed[] = [];
  compare('', before ?? undefined, after ?? undefined, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The changes of a record between two writes, without `hash` and `n`, which every write changes. */
export const changesOf = (before: unknown, after: unknown): readonly Changed[] =>
  changedPaths(before, after).filter(({ path }) => path !== 'hash' && path !== 'n');

function compare(path: string, before: unknown, after: unknown, found: Changed[]): void {
  if (isTree(before) || isTree(after)) {
    const [old, young] = [isTree(before) ? before : {}, isTree(after) ? after : {}];
    if ((isTree(before) || before === undefined) && (isTree(after) || after === undefined)) {
      for (const name of new Set([...Object.keys(old), ...Object.keys(young)])) {
        compare(path === '' ? name : `${path}.${name}`, old[name], young[name], found);
      }
      return;
    }
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const mark = before === undefined ? '+' : after === undefined ? '−' : '~';
  found.push({ path, mark, before, after });
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as text. A number that looks like a time in milliseconds is also shown as one. */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number' && value > 1e12 && value < 1e13)
    return `${dayTime(value)} (${value})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
