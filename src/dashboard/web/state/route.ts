export const screens = ['fleet', 'services', 'timeline', 'machines', 'gc', 'entity'] as const;
export type Screen = (typeof screens)[number];

/** The contents of the address: the screen, the moment, and the parameters of the screen. */
export interface Route {
  readonly screen: Screen;
  /** The sequence of the moment; null: the moment is `time`. */
  readonly at: number | null;
  /** The moment as a time, in milliseconds; null, if `at` is null too: the newest. */
  readonly time: number | null;
  readonly params: Readonly<Record<string, string>>;
}

/** Parses an address. Ignores unknown parts. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const words: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) words[name] = value;
  const { at, ...rest } = words;
  const [, seq] = /^seq:(\d{1,15})$/.exec(at ?? '') ?? [];
  const screen = screens.find((one) => one === path) ?? 'fleet';
  return { screen, at: seq === undefined ? null : Number(seq), time: timeIn(at), params: rest };
}

/** The plus of an offset is a space in a query. */
const iso = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[ +-]\d\d:\d\d)$/;

function timeIn(at = ''): number | null {
  const time = iso.test(at) ? Date.parse(at.replace(' ', '+')) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** A moment replaces the other kind of moment. The pinned moment stays until it is unpinned. */
export const changedRoute = (from: Route, change: Partial<Route>): Route => ({
  ...from,
  ...('at' in change && { time: null }),
  ...change,
  params: change.params
    ? { ...(from.params['b'] && { b: from.params['b'] }), ...change.params }
    : from.params,
});

/** What stays when the screen changes: the selection and the filter. The events of an entity have a filter of their own. */
export const kept = ({ screen, params }: Route, to: Screen): Record<string, string> => ({
  sel: params['sel'] ?? '',
  f: (screen !== 'entity' && to !== 'entity' && params['f']) || '',
});

export function writeRoute({ screen, at, time, params: words }: Route): string {
  const query = new URLSearchParams();
  if (at !== null) query.set('at', `seq:${at}`);
  else if (time !== null) query.set('at', new Date(time).toISOString());
  for (const [name, value] of Object.entries(words)) if (value !== '') query.set(name, value);
  const text = query
    .toString()
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@');
  return `#/${screen}${text === '' ? '' : `?${text}`}`;
}
