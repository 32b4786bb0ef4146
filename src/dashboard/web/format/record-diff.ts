import { dayTime } from './format-time.ts';

/** A path that is otherwise in two documents. */
export interface Changed {
  readonly path: string;
  readonly mark: '+' | '−' | '~';
  readonly before: unknown;
  readonly after: unknown;
}

/** Which paths changed from one document to another, by name; what is the same is left out. */
export function changedPaths(before: unknown, after: unknown): readonly Changed[] {
  const found: Changed[] = [];
  compare('', before ?? undefined, after ?? undefined, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** How a record changed from one write to the next; that its chain went on is no news. */
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

/** A value in words; what is a moment in milliseconds is told as one too. */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number' && value > 1e12 && value < 1e13)
    return `${dayTime(value)} (${value})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
