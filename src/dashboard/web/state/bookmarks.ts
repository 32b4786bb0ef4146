import { signal } from '@preact/signals';

/** Places somebody wants to find again, ascending; kept in this browser. */
export const bookmarks = signal<readonly number[]>(stored());

export function toggleBookmark(seq: number): void {
  const there = bookmarks.value.includes(seq);
  const next = there ? bookmarks.value.filter((one) => one !== seq) : [...bookmarks.value, seq];
  bookmarks.value = next.sort((a, b) => a - b);
  try {
    localStorage.setItem('rollcall-bookmarks', JSON.stringify(bookmarks.value));
  } catch {
    // They live as long as this tab then.
  }
}

export const nextBookmark = (
  all: readonly number[],
  from: number,
  forward: boolean,
): number | undefined =>
  forward ? all.find((one) => one > from) : all.findLast((one) => one < from);

function stored(): readonly number[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem('rollcall-bookmarks') ?? '[]');
    return Array.isArray(read) ? read.filter((one) => Number.isSafeInteger(one)) : [];
  } catch {
    return [];
  }
}
