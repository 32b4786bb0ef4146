import { batch, computed, signal } from '@preact/signals';
import type { Query } from '../../history/query-types.ts';
import { nothingBefore } from '../format/gap-text.ts';
import { writePin } from '../format/pin.ts';
import { apiPath, isSample } from '../protocol/api-path.ts';
import type {
  AtMoment,
  Connection,
  Extent,
  TabMessage,
  WorkerMessage,
} from '../protocol/worker-messages.ts';
import { Cursor, isAway, noAnswer } from './cursor.ts';
import { changedRoute, type Route, readRoute, writeRoute } from './route.ts';

/** The state that all screens render. */
export const connection = signal<Connection | null>(null);
export const extent = signal<Extent | null>(null);
export const moment = signal<AtMoment | null>(null);
const here = new Cursor();
/** The fleet at the moment; `version` changes with each change of it. */
export const { fleet } = here;
export const version = signal(0);
export const route = signal<Route>(readRoute(location.hash));
/** The browser's clock. Ticks every second while the page is visible. */
export const clock = signal(Date.now());

/** Whether there is a moment to show. */
export const isKnown = computed(() => moment.value !== null && (extent.value?.rows ?? 0) > 0);
export const isPast = computed(() => moment.value !== null && !moment.value.head);
/** The screen and the entity that the page shows. */
export const place = computed(() => {
  const { screen, params } = route.value;
  return `${screen} ${params['of']} ${params['sel']}`;
});
/** That nothing is known, as a sentence, if the moment is before the history begins. */
export const nothingRecorded = computed(() =>
  nothingBefore(moment.value, extent.value, connection.value?.hello ?? null),
);
/** Whether what it shows as the present may have changed: the server, or NATS behind it, does not answer. */
export const isStale = computed(() => isAway(connection.value));
/** The time that countdowns start from; null: unknown, because the data is stale. */
export const now = computed(() => {
  if (isPast.value) return moment.value?.at ?? null;
  if (isStale.value) return null;
  const { hello, skew } = connection.value ?? { hello: null, skew: 0 };
  return hello?.mode === 'recording' ? (moment.value?.at ?? null) : clock.value + skew;
});
/** The end of every time axis: the server's present time while live; of a recording, its last event. */
export const present = computed(() => {
  const last = extent.value?.lastAt ?? 0;
  const { hello = null, mark = null, skew = 0 } = connection.value ?? {};
  if (hello?.mode !== 'live') return last;
  return Math.max(
    last,
    isStale.value ? (mark?.storeAwaySince ?? mark?.now ?? 0) : clock.value + skew,
  );
});
/** The time of what the page shows: the moment in the past, or the present. */
export const shownAt = computed(() =>
  isPast.value ? (moment.value?.at ?? present.value) : present.value,
);
/** The path of what the server answers about the moment. */
export const momentPath = (name: string, query = ''): string => {
  const { seq = 0, at = 0 } = moment.value ?? {};
  const past = isPast.value ? `at=${seq}&time=${Math.round(at)}&` : '';
  return apiPath(`${name}?${past}${query}`);
};
/** The present in steps of five seconds and with each event: for what would be drawn anew each second. */
export const presentInSteps = computed(() =>
  Math.max(extent.value?.lastAt ?? 0, Math.floor(present.value / 5000) * 5000),
);
/** When the store did not answer the server, as JSON: it changes only when this does. */
export const outages = computed(() => {
  const { outages: earlier = [], storeAwaySince = null } = connection.value?.mark ?? {};
  return JSON.stringify(storeAwaySince === null ? earlier : [...earlier, [storeAwaySince]]);
});
/** Why actions are disabled; null: they are enabled. */
export const actionsDisabledReason = computed(() => {
  const hello = connection.value?.hello;
  if (hello?.mode === 'recording') return 'This is a recording.';
  if (isPast.value) return 'You are viewing the past. Go back to live first (L).';
  if (isStale.value) return `${noAnswer}.`;
  return hello?.actions === true ? null : 'This dashboard server does not accept actions.';
});

let post: (message: TabMessage) => void = () => {};
/** Seeks that this tab did by itself, in order, of which the worker does not know yet. */
let done: TabMessage[] = [];
let telling: ReturnType<typeof setTimeout> | undefined;
/** How long they wait, in ms, so that the worker and its answer do not delay the frame with the new moment. */
const afterFrame = 30;
let lastQueryId = 0;
const waiting = new Map<number, (value: unknown) => void>();

export const retry = (): void => post({ do: 'retry' });

/** Sends a query about the history to the worker. */
export function queryHistory<T>(question: Query): Promise<T> {
  lastQueryId += 1;
  const id = lastQueryId;
  return new Promise((resolve) => {
    waiting.set(id, resolve as (value: unknown) => void);
    post({ do: 'ask', id, question });
  });
}

/** Sends a seek, after those before it. */
function tell(seek: TabMessage): void {
  done.push(seek);
  if ('shown' in seek) telling ??= setTimeout(tellAll, afterFrame);
  else tellAll();
}

function tellAll(): void {
  clearTimeout(telling);
  telling = undefined;
  for (const seek of done) post(seek);
  done = [];
}

/** Seeks to a sequence or to the newest. Updates the address 150 ms after the last seek. */
export function seek(at: number | 'head'): void {
  tell(here.seek(at));
  show();
  wanted = at === 'head' ? null : at;
  clearTimeout(writing);
  writing = setTimeout(() => navigate({ at: wanted ?? null }, true), 150);
}

/** Seeks to the last event at or before a time. The address gets its sequence. */
export function seekAtTime(at: number): void {
  tell(here.seekTime(at));
  show();
  wanted = undefined;
  clearTimeout(writing);
  writing = setTimeout(() => navigate({ at: wanted ?? moment.peek()?.seq ?? null }, true), 150);
}
/** Goes to an event or to exactly a time: a new entry in the browser's history. Clicks do this, a scrubber seeks. */
export function goTo(to: { readonly at: number } | { readonly at: null; readonly time: number }) {
  clearTimeout(writing);
  navigate('time' in to && to.time >= present.peek() ? { at: null } : to);
  follow();
}
/** The sequence of the transition before or after the moment; undefined: only the worker knows it. */
export const neighbour = (forward: boolean): number | undefined => here.neighbour(forward);

let wanted: number | null | undefined = null;
let writing: ReturnType<typeof setTimeout> | undefined;

/** Changes the address: a new entry in the browser's history, or the same one. */
export function navigate(change: Partial<Route>, replace = false): void {
  const next = changedRoute(route.peek(), change);
  const hash = writeRoute(next);
  if (hash === writeRoute(route.peek())) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route.value = next;
}

export const hrefTo = (change: Partial<Route>): string =>
  writeRoute(changedRoute(route.value, change));

/** Pins the moment as B, to compare it with another, or unpins it. */
export const togglePin = (): void =>
  setParams({
    b: route.peek().params['b'] ? '' : writePin(moment.peek()?.seq ?? 0, shownAt.peek()),
  });

/** What a click on a row selects or opens. */
const ofRows = ['sel', 'open', 'old', 'node'];

/** Changes parameters of the screen. What a row opens is a new entry in the browser's history; a filter or a zoom is none. */
export const setParams = (params: Record<string, string>): void =>
  navigate(
    { params: { ...route.peek().params, ...params } },
    !ofRows.some((name) => name in params),
  );

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
  // A hidden page gets no animation frames, so use a timer.
  if (pending.length === 0) {
    if (document.hidden) setTimeout(apply, 200);
    else requestAnimationFrame(apply);
  }
  pending.push(message);
}

/** Whether a message changes little or nothing on the screen and needs no frame of its own. */
const isQuiet = (message: WorkerMessage): boolean =>
  message.is === 'nearby' || (message.is === 'moment' && message.changes.entities.length === 0);

/** Applies all pending messages, once per frame. */
function apply(): void {
  const messages = pending;
  pending = [];
  for (const message of messages) {
    if (message.is === 'connection') connection.value = message.connection;
    here.onMessage(message);
  }
  show();
}

/** Publishes all changes in one batch, so that they render together. */
function show(): void {
  batch(() => {
    extent.value = here.extent;
    moment.value = here.moment;
    version.value = here.version;
  });
}

/** Connects to the worker that all tabs share, or starts one for this tab. */
export function start(): void {
  const workerUrl = new URL(`/assets/main.js${isSample ? '?sample' : ''}`, document.baseURI);
  const options = { type: 'module', name: `rollcall${workerUrl.search}` } as const;
  const worker =
    typeof SharedWorker === 'function'
      ? new SharedWorker(workerUrl, options).port
      : new Worker(workerUrl, options);
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => onWorkerMessage(data);
  post = (message) => worker.postMessage(message);
  addEventListener('pagehide', () => post({ do: 'bye' }));
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  follow();
  const followed = () => {
    route.value = readRoute(location.hash);
    follow();
  };
  addEventListener('popstate', followed);
  addEventListener('hashchange', followed);
  document.addEventListener('visibilitychange', () => {
    post({ do: 'hidden', hidden: document.hidden });
    clock.value = Date.now();
  });
  setInterval(() => {
    if (!document.hidden) clock.value = Date.now();
  }, 1000);
}

function follow(): void {
  const { at, time } = route.peek();
  wanted = at;
  tell(at === null && time !== null ? here.goTo(time) : here.seek(at ?? 'head'));
  show();
}
