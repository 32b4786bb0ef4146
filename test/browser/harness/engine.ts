import type { Page } from 'playwright-core';
import type { ApiEntity } from '../../../src/dashboard/api-types.ts';
import type { Transition } from '../../../src/dashboard/history/query-types.ts';
import type {
  TabMessage,
  WorkerMessage,
} from '../../../src/dashboard/web/protocol/worker-messages.ts';
import type { HistoryEvent } from '../../fixtures/history/chains.ts';

/** The rows of the history in the page, in order: sequence, entity, event type. */
export async function rowsIn(page: Page): Promise<readonly string[]> {
  const { entities, rows } = await page.evaluate(askDesk);
  return rows.map(({ seq, entity, type }) => row(seq, entities[entity], type)).reverse();
}

/** The same rows from the audit. */
export const rowsOf = (history: readonly HistoryEvent[]): readonly string[] =>
  history.map(({ seq, of, event }) => row(seq, of, event.type));

const row = (seq: number, of: object = {}, type: string): string =>
  `${seq} ${['entity', 'host', 'agent', 'run', 'service', 'id']
    .flatMap((name) => (of as Record<string, unknown>)[name] ?? [])
    .join(' ')} ${type}`;

/** Runs in the page: connects to the shared worker as one more tab. */
function askDesk(): Promise<{ entities: ApiEntity[]; rows: readonly Transition[] }> {
  const { port } = new SharedWorker(new URL('/assets/main.js', document.baseURI), {
    type: 'module',
    name: 'rollcall',
  });
  const tell = (message: TabMessage) => port.postMessage(message);
  const entities: ApiEntity[] = [];
  return new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.is === 'reset') entities.splice(0);
      if (data.is === 'moment') {
        entities.push(...data.entities);
        const all = entities.map((_, number) => number);
        const upTo = data.extent.to;
        tell({ do: 'ask', id: upTo, question: { ask: 'history', entities: all, upTo } });
      }
      if (data.is !== 'answer') return;
      tell({ do: 'bye' });
      port.close();
      resolve({ entities, rows: data.value as readonly Transition[] });
    };
  });
}
