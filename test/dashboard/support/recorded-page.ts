import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { ingest } from '../../../src/dashboard/server/history/ingest.ts';
import { pageAfter } from '../../../src/dashboard/server/history/pages.ts';
import { Cursor } from '../../../src/dashboard/web/state/cursor.ts';
import { TabCursor } from '../../../src/dashboard/web/worker/tab-cursor.ts';
import { type AuditEntry, parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { recorded } from '../../fixtures/golden/recording.ts';

/** A page that has loaded a whole golden recording, in pages of seven rows. */
export async function openPage(name: string) {
  const index = new HistoryIndex();
  const events: AuditEntry[] = [];
  for await (const stored of recorded(name).read(0)) {
    ingest(index, stored);
    const read = parseAuditEvent(stored);
    if (read.kind === 'event') events.push(read);
  }
  const log = new TransitionLog();
  for (let page = pageAfter(index, 0, 7); page; page = pageAfter(index, page.to, 7))
    log.append(page);
  log.complete();
  const cursor = new Cursor();
  const worker = new TabCursor(log, (message) => cursor.onMessage(message));
  worker.sendChanges();
  return { events, cursor, seek: (seq: number) => worker.onMessage(cursor.seek(seq)) };
}
