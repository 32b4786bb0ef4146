/** A state is shown as a sign, a word, and a class for its colour and border. */
const glyphs: Readonly<Record<string, string>> = {
  registering: '○',
  live: '●',
  serving: '●',
  leaving: '◒',
  suspect: '◌',
  expired: '✕',
  gone: '–',
  superseded: '⊘',
  left: '–',
  dubious: '◌',
  unverified: '?',
  contested: '⇄',
  failing: '◐',
  draining: '◒',
  planned: '❚❚',
  braked: '◔',
};

/** In the order in which they are listed: what needs eyes first. */
export const runWords = [
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

export const glyphOf = (word: string): string => glyphs[word] ?? '·';

/** Whether a run of this word holds its slot. */
export const isPresent = (word: string): boolean =>
  word === 'live' || word === 'registering' || word === 'leaving' || word === 'suspect';

const known = new Map<string, string>();

/** The word of a run's state, given as its active leaves. Of each state it is found out once. */
export function runWord(state: string): string {
  const word = known.get(state) ?? readRunWord(state);
  known.set(state, word);
  return word;
}

function readRunWord(state: string): string {
  if (state.includes('sight.suspect')) return 'suspect';
  const [, phase] = /phase\.(\w+)/.exec(state) ?? [];
  const word = phase ?? lastName(state);
  return runWords.find((one) => one === word) ?? word;
}

/** The word of any state: where it is short, its own; of regions, the first. */
export function statusOf(entity: string, state: string): string {
  if (entity === 'run') return runWord(state);
  return lastName(state);
}

/** The class that colours a word; states of the process and of collectors have the nearest. */
export function colorClassOf(word: string): string {
  return paints[word] ?? (word in glyphs ? word : 'other');
}

const paints: Readonly<Record<string, string>> = {
  serving: 'live',
  watching: 'live',
  unverified: 'dubious',
  removing: 'draining',
  blind: 'suspect',
  sleeping: 'left',
  stopped: 'gone',
  removed: 'gone',
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
