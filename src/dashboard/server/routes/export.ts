import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
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
  const { from, to, before, limit, full } = readQuery(queries.audit, query);
  const index = source.index();
  const pages =
    before === undefined
      ? forwards(index, from ?? index.first, to ?? index.last, limit)
      : pagesBefore(index, before, limit, rowsPerPage);
  const lines = full === undefined ? jsonOf(pages) : wholeEvents(source, pages);
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

/** The format of `audit export`, which `--file` reads. */
async function* wholeEvents(source: Source, pages: readonly ApiPage[]): AsyncGenerator<string> {
  const from = pages[0]?.from;
  const to = pages.at(-1)?.to;
  if (from === undefined || to === undefined) return;
  for await (const stored of source.history.read(from)) {
    if (stored.seq > to) return;
    yield `${JSON.stringify(eventDocument(stored))}\n`;
  }
}
