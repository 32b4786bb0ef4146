import { batch, computed, signal } from '@preact/signals';
import type { Query } from '../../history/query-types.ts';
import { isSample } from '../protocol/api-path.ts';
import type {
  AtMoment,
  Connection,
  Extent,
  TabMessage,
  WorkerMessage,
} from '../protocol/worker-messages.ts';
import { Cursor } from './cursor.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

/** Everything that a screen is made from. */
export const connection = signal<Connection | null>(null);
export const extent = signal<Extent | null>(null);
export const moment = signal<AtMoment | null>(null);
const here = new Cursor();
/** The fleet at the moment; `version` says that it changed. */
export const { fleet } = here;
export const version = signal(0);
export const route = signal<Route>(readRoute(location.hash));
/** The browser's clock, every second, while somebody looks. */
export const clock = signal(Date.now());

export const isPast = computed(() => moment.value !== null && !moment.value.head);
export const isStale = computed(() => connection.value?.state === 'broken');
/** The moment that countdowns count from; null: nobody knows, the data is stale. */
export const now = computed(() => {
  if (isPast.value) return moment.value?.at ?? null;
  if (isStale.value) return null;
  const { hello, skew } = connection.value ?? { hello: null, skew: 0 };
  return hello?.mode === 'recording' ? (moment.value?.at ?? null) : clock.value + skew;
});
/** Why no action can be taken here and now; null: it can. */
export const actionsDisabledReason = computed(() => {
  const hello = connection.value?.hello;
  if (hello?.mode === 'recording') return 'This is a recording.';
  if (isPast.value) return 'You are viewing the past. Go back to live first (L).';
  if (isStale.value) return 'No connection to the dashboard server.';
  return hello?.actions === true ? null : 'This dashboard server does not accept actions.';
});

let tell: (message: TabMessage) => void = () => {};
let asked = 0;
const waiting = new Map<number, (value: unknown) => void>();

export const retry = (): void => tell({ do: 'retry' });

/** Asks the history. */
export function queryHistory<T>(question: Query): Promise<T> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve as (value: unknown) => void);
    tell({ do: 'ask', id, question });
  });
}

/** Goes to a place, or to the newest. The address follows when the hand rests. */
export function seek(at: number | 'head'): void {
  tell(here.seek(at));
  show();
  wanted = at === 'head' ? null : at;
  clearTimeout(writing);
  writing = setTimeout(() => navigate({ at: wanted ?? null }, true), 150);
}

/** Goes to what was newest at a time; where that was becomes the address. */
export function seekAtTime(at: number): void {
  tell(here.seekTime(at));
  show();
  wanted = undefined;
  clearTimeout(writing);
  writing = setTimeout(() => navigate({ at: wanted ?? moment.peek()?.seq ?? null }, true), 150);
}
/** The place of the transition before or after the moment, where it is known without asking. */
export const beside = (forward: boolean): number | undefined => here.neighbour(forward);

let wanted: number | null | undefined = null;
let writing: ReturnType<typeof setTimeout> | undefined;

/** Changes the address: a new entry in the browser's history, or the same one. */
export function navigate(change: Partial<Route>, replace = false): void {
  const next = { ...route.peek(), ...change };
  const hash = writeRoute(next);
  if (hash === writeRoute(route.peek())) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route.value = next;
}

export const hrefTo = (change: Partial<Route>): string => writeRoute({ ...route.value, ...change });

/** The screen's own words, changed in place. */
export const setParams = (words: Record<string, string>): void =>
  navigate({ params: { ...route.peek().params, ...words } }, true);

let pending: WorkerMessage[] = [];

function onWorkerMessage(message: WorkerMessage): void {
  if (message.is === 'answer') {
    waiting.get(message.id)?.(message.value);
    waiting.delete(message.id);
    return;
  }
  if (pending.length === 0 && isQuiet(message)) {
    here.onMessage(message);
    show();
    return;
  }
  // A hidden page paints no frames, and goes on all the same.
  if (pending.length === 0) {
    if (document.hidden) setTimeout(apply, 200);
    else requestAnimationFrame(apply);
  }
  pending.push(message);
}

/** Nothing of it is drawn, or hardly: it is worth no frame of its own. */
const isQuiet = (message: WorkerMessage): boolean =>
  message.is === 'nearby' || (message.is === 'moment' && message.changes.entities.length === 0);

/** Once for each frame, whatever came in. */
function apply(): void {
  const messages = pending;
  pending = [];
  for (const message of messages) {
    if (message.is === 'connection') connection.value = message.connection;
    here.onMessage(message);
  }
  show();
}

/** What changed is drawn once, in the frame that is next. */
function show(): void {
  batch(() => {
    extent.value = here.extent;
    moment.value = here.moment;
    version.value = here.version;
  });
}

/** Connects to the desk that all tabs share, or has one of its own. */
export function start(): void {
  const workerUrl = new URL(`/assets/worker.js${isSample ? '?sample' : ''}`, document.baseURI);
  if (typeof SharedWorker === 'function') {
    const { port } = new SharedWorker(workerUrl, {
      type: 'module',
      name: `rollcall${workerUrl.search}`,
    });
    port.onmessage = ({ data }: MessageEvent<WorkerMessage>) => onWorkerMessage(data);
    tell = (message) => port.postMessage(message);
    addEventListener('pagehide', () => tell({ do: 'bye' }));
    addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
  } else {
    const worker = new Worker(workerUrl, { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => onWorkerMessage(data);
    tell = (message) => worker.postMessage(message);
  }
  follow();
  const followed = () => {
    route.value = readRoute(location.hash);
    follow();
  };
  addEventListener('popstate', followed);
  addEventListener('hashchange', followed);
  document.addEventListener('visibilitychange', () => {
    tell({ do: 'hidden', hidden: document.hidden });
    clock.value = Date.now();
  });
  setInterval(() => {
    if (!document.hidden) clock.value = Date.now();
  }, 1000);
}

function follow(): void {
  const { at } = route.peek();
  wanted = at;
  tell(here.seek(at ?? 'head'));
  show();
}
