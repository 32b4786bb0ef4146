export const screens = ['fleet', 'services', 'timeline', 'machines', 'gc', 'entity'] as const;
export type Screen = (typeof screens)[number];

/** The contents of the address: the screen, the moment (null: the newest), and the parameters of the screen. */
export interface Route {
  readonly screen: Screen;
  readonly at: number | null;
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
  return { screen, at: seq === undefined ? null : Number(seq), params: rest };
}

export function writeRoute({ screen, at, params: words }: Route): string {
  const query = new URLSearchParams();
  if (at !== null) query.set('at', `seq:${at}`);
  for (const [name, value] of Object.entries(words)) if (value !== '') query.set(name, value);
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return `#/${screen}${text === '' ? '' : `?${text}`}`;
}
