/** The glyph of each status. A status is shown as glyph, text and colour. */
const glyphs: Readonly<Record<string, string>> = {
  registering: '○',
  live: '●',
  serving: '●',
  leaving: '◒',
  suspect: '◌',
  expired: '✕',
  gone: '✕',
  lost: '✕',
  superseded: '⊘',
  left: '–',
  dubious: '◌',
  unverified: '?',
  contested: '⇄',
  failing: '◐',
  flapping: '≈',
  draining: '◒',
  planned: '❚❚',
  braked: '◔',
};

/** The statuses of runs, in the order in which the page lists them. */
export const runStatuses = [
  'live',
  'registering',
  'unverified',
  'dubious',
  'suspect',
  'expired',
  'superseded',
  'leaving',
  'left',
  'gone',
] as const;

export const glyphOf = (status: string): string =>
  glyphs[status] ?? glyphs[colorClassOf(status)] ?? '·';

/** Whether a run with this status ended. */
export const isEnded = (status: string): boolean =>
  status === 'gone' || status === 'left' || status === 'superseded';

/** Whether a run with this status occupies its slot, as far as is known. */
export const isPresent = (status: string): boolean => there.has(status);
const there = new Set(['live', 'registering', 'leaving', 'suspect', 'unverified', 'dubious']);

const known = new Map<string, string>();

/** The status of a run, from its active leaf states. The result is cached per state. */
export function runStatus(state: string): string {
  const status = known.get(state) ?? readRunStatus(state);
  known.set(state, status);
  return status;
}

function readRunStatus(state: string): string {
  if (state.includes('sight.suspect')) return 'suspect';
  const [, phase] = /phase\.(\w+)/.exec(state) ?? [];
  const status = phase ?? lastName(state);
  return runStatuses.find((one) => one === status) ?? status;
}

/** The status of an entity, from its state. With parallel regions: the first region. */
export function statusOf(entity: string, state: string): string {
  if (entity === 'run') return runStatus(state);
  return lastName(state);
}

/** The CSS class for the colour of a status. Sessions and collectors use the colour of a similar run status. */
export function colorClassOf(status: string): string {
  return paints[status] ?? (status in glyphs ? status : 'other');
}

const paints: Readonly<Record<string, string>> = {
  serving: 'live',
  watching: 'live',
  unverified: 'dubious',
  removing: 'draining',
  blind: 'suspect',
  sleeping: 'left',
  stopped: 'left',
  removed: 'left',
  adopted: 'left',
  fenced: 'superseded',
  lapsed: 'suspect',
  connecting: 'registering',
  claiming: 'registering',
  reconciling: 'registering',
  over: 'left',
  released: 'live',
  standing: 'live',
};

const lastName = (state: string): string => state.split('+')[0]?.split('.').at(-1) ?? state;
