import type { Revision, WallTime } from '../../../domain/time.ts';
import type { ApiDensity, ApiPage, ApiRow, ApiState } from '../../api-types.ts';
import { problems } from '../../history/event-classes.ts';
import type { HistoryIndex, StateAt } from './history-index.ts';
import { LocalIds } from './local-ids.ts';
import type { Row } from './row-columns.ts';

/** The rows from `from` to `to` as a self-contained page. */
function pageOf(index: HistoryIndex, rows: Iterable<Row>, from: Revision, to: Revision): ApiPage {
  const entities = new LocalIds((number) => index.entity(number));
  const words = new LocalIds((number) => index.words.at(number));
  const wired: ApiRow[] = [];
  const notes: [number, object][] = [];
  for (const row of rows) {
    const edges = index.edgeLists.at(row.edges).map((edge) => words.of(edge));
    if (row.note !== 0) notes.push([wired.length, index.notes.at(row.note)]);
    wired.push([
      row.seq,
      row.at,
      entities.of(row.entity),
      words.of(row.type),
      words.of(row.to),
      words.of(row.chart),
      edges,
    ]);
  }
  const gaps = index.gaps.filter((gap) => gap.from <= to && gap.to >= from);
  return { from, to, entities: entities.all, words: words.all, rows: wired, notes, gaps };
}

/** The next page after a sequence; undefined: no row follows. */
export function pageAfter(index: HistoryIndex, after: Revision, most: number): ApiPage | undefined {
  if (after >= index.last) return undefined;
  const rows: Row[] = [];
  for (const row of index.rows(after + 1)) {
    if (rows.length === most) return pageOf(index, rows, after + 1, row.seq - 1);
    rows.push(row);
  }
  return pageOf(index, rows, after + 1, index.last);
}

/** The last rows before a sequence, as pages in order. */
export function pagesBefore(
  index: HistoryIndex,
  before: Revision,
  limit: number,
  most: number,
): readonly ApiPage[] {
  const rows: Row[] = [];
  let more = false;
  for (const row of index.rowsBefore(before)) {
    more = rows.length === limit;
    if (more) break;
    rows.push(row);
  }
  rows.reverse();
  const from = more ? (rows[0]?.seq ?? index.first) : index.first;
  return pagesOf(index, rows, from, Math.min(before - 1, index.last), most);
}

/** Rows in order as pages of limited length. Together they cover everything from `from` to `to`. */
export function pagesOf(
  index: HistoryIndex,
  rows: readonly Row[],
  from: Revision,
  to: Revision,
  most: number,
): readonly ApiPage[] {
  const pages: ApiPage[] = [];
  let start = from;
  for (let at = 0; at < rows.length || at === 0; at += most) {
    const next = rows[at + most];
    const end = next ? next.seq - 1 : to;
    if (end >= start) pages.push(pageOf(index, rows.slice(at, at + most), start, end));
    start = end + 1;
  }
  return pages;
}

export function stateOfAll(index: HistoryIndex, { seq, at, states: indexed }: StateAt): ApiState {
  const entities = new LocalIds((number) => index.entity(number));
  const words = new LocalIds((number) => index.words.at(number));
  const states: ApiState['states'][number][] = [];
  for (const [entity, { to, since, chart, note, origin }] of indexed) {
    states.push([
      ...([entities.of(entity), words.of(to), since, words.of(chart)] as const),
      index.notes.at(note),
      origin,
    ]);
  }
  return { seq, at, entities: entities.all, words: words.all, states };
}

/** Events per time bin. An empty bin has the `firstSeq` of the next one. */
export function densityOf(
  index: HistoryIndex,
  from: WallTime,
  to: WallTime,
  count: number,
): ApiDensity {
  const bins = Array.from({ length: count }, (): [number, number, Revision] => [0, 0, 0]);
  const width = Math.max(1, to - from) / count;
  const bad = new Set<number>();
  for (const [number, word] of index.words.values.entries())
    if (problems.has(word)) bad.add(number);
  for (const columns of index.pieces) {
    const end = columns.from('at', to + 1);
    for (let n = columns.from('at', from); n < end; n += 1) {
      const index = Math.min(count - 1, Math.floor(((columns.at[n] ?? 0) - from) / width));
      const bin = bins[index];
      if (!bin) continue;
      bin[0] += 1;
      if (bad.has(columns.type[n] ?? 0)) bin[1] += 1;
      if (bin[2] === 0) bin[2] = columns.seq[n] ?? 0;
    }
  }
  let next = index.last;
  for (const bin of bins.toReversed()) {
    if (bin[2] === 0) bin[2] = next;
    next = bin[2];
  }
  return { from, to, bins };
}
