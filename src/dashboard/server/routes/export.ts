import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type HistoryStart, historyStartLines } from '../../../domain/replay/history-start.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { StoredEvent } from '../../../ports/audit.ts';
import { stateBefore } from '../../../runtime/audit/state-before.ts';
import type { ApiPage } from '../../api-types.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import type { Source } from '../history/live-source.ts';
import { pagesBefore, pagesOf } from '../history/pages.ts';
import type { Row } from '../history/row-columns.ts';
import type { RequestContext } from '../http/request-context.ts';
import { queries, readQuery } from '../http/request-schema.ts';
import { commonHeaders, encodingOf } from '../http/respond.ts';
import { eventDocument } from './events.ts';

const rowsPerPage = 1000;

/** `/api/audit`: a part of the history, one document per line: pages, or events as stored. */
export async function sendHistory(
  source: Source,
  { request, response, query, signal }: RequestContext,
) {
  const { from, to, before, limit, full, since, until } = readQuery(queries.audit, query);
  const index = source.index();
  const pages = () =>
    before === undefined
      ? forwards(index, from ?? index.first, to ?? index.last, limit)
      : pagesBefore(index, before, limit, rowsPerPage);
  const isTimeRange = since !== undefined || until !== undefined;
  const range = isTimeRange ? sequencesIn(index, { since, until }) : rangeOf(pages());
  const start =
    full === undefined || !isTimeRange || range.from === 0
      ? undefined
      : await stateBefore(source.history, { before: range.from }, source.keyframes, signal);
  const lines = full === undefined ? jsonOf(pages()) : wholeEvents(source, range, start);
  const packed = encodingOf(request) !== 'identity';
  response.writeHead(200, {
    ...commonHeaders,
    'cache-control': 'no-store',
    'content-type': 'application/x-ndjson',
    vary: 'accept-encoding',
    ...(packed && { 'content-encoding': 'gzip' }),
  });
  const through = packed ? [createGzip({ level: 4 })] : [];
  await pipeline([Readable.from(lines), ...through, response], { signal }).catch((cause) => {
    if (!signal.aborted) throw cause;
  });
}

function forwards(
  index: HistoryIndex,
  from: number,
  to: number,
  limit: number,
): readonly ApiPage[] {
  const rows: Row[] = [];
  for (const row of index.rows(from)) {
    if (row.seq > to) break;
    if (rows.length === limit) return pagesOf(index, rows, from, row.seq - 1, rowsPerPage);
    rows.push(row);
  }
  return pagesOf(index, rows, from, Math.min(to, index.last), rowsPerPage);
}

function* jsonOf(pages: readonly ApiPage[]): Generator<string> {
  for (const page of pages) yield `${JSON.stringify(page)}\n`;
}

interface Range {
  readonly from: Revision;
  readonly to: Revision;
}

interface TimeRange {
  readonly since?: WallTime | undefined;
  readonly until?: WallTime | undefined;
}

const rangeOf = (pages: readonly ApiPage[]): Range => ({
  from: pages[0]?.from ?? 0,
  to: pages.at(-1)?.to ?? 0,
});

/** The sequences of the events that were stored in a time. The order of sequences is the order of storing. */
function sequencesIn(
  index: HistoryIndex,
  { since = 0, until = Number.MAX_SAFE_INTEGER }: TimeRange,
): Range {
  let from: Revision = 0;
  let to: Revision = 0;
  for (const { seq, at } of index.rows(index.first)) {
    if (at > until) break;
    if (from === 0 && at >= since) from = seq;
    to = seq;
  }
  return { from, to };
}

/** The format of `audit export`, which `--file` reads: the records before, then the stored texts, byte for byte. */
async function* wholeEvents(
  source: Source,
  { from, to }: Range,
  start: HistoryStart | undefined,
): AsyncGenerator<string> {
  if (from === 0) return;
  if (start) for (const line of historyStartLines(start)) yield `${line}\n`;
  for await (const stored of source.history.read(from)) {
    if (stored.seq > to) return;
    yield `${lineOf(stored)}\n`;
  }
}

/** Hashes are computed over the stored text, so an event that is one line of JSON stays that text. */
function lineOf(stored: StoredEvent): string {
  const document = eventDocument(stored);
  if (!('event' in document) || stored.text.includes('\n')) return JSON.stringify(document);
  const { event: _, ...position } = document;
  return `${JSON.stringify(position).slice(0, -1)},"event":${stored.text}}`;
}
