/** The colours of a picture, by use. Text has a contrast of at least 4.5:1 with its background. */
export interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly state: string;
  readonly border: string;
  /** The background of states with inner states. */
  readonly inside: string;
  readonly guard: string;
  readonly done: string;
  readonly error: string;
  readonly active: string;
  readonly activeFill: string;
  readonly last: string;
  readonly pill: string;
  readonly faint: string;
}

const light: Colours = {
  paper: '#ffffff',
  ink: '#171a24',
  muted: '#545a6b',
  line: '#747d8f',
  state: '#ffffff',
  border: '#868fa0',
  inside: '#f4f6f9',
  guard: '#8a4b00',
  done: '#00704d',
  error: '#b3261e',
  active: '#005f9e',
  activeFill: '#dceefb',
  last: '#b34700',
  pill: '#e3e7ee',
  faint: '#c3c9d3',
};

const dark: Colours = {
  paper: '#12151c',
  ink: '#eef0f5',
  muted: '#a5adbd',
  line: '#7f899b',
  state: '#1f2430',
  border: '#667189',
  inside: '#181c25',
  guard: '#f0b35a',
  done: '#5ccfa3',
  error: '#ff9188',
  active: '#6cb8f0',
  activeFill: '#14344d',
  last: '#ff9d57',
  pill: '#333b4b',
  faint: '#3a4252',
};

/** `css` uses variables such as `--chart-ink`, which the page sets. */
export type Theme = 'css' | 'light' | 'dark';

export const literal = { light, dark } as const;

export const coloursOf = (theme: Theme): Colours =>
  theme === 'css'
    ? (Object.fromEntries(
        Object.keys(light).map((name) => [name, `var(--chart-${kebab(name)})`]),
      ) as unknown as Colours)
    : literal[theme];

/** The variables of the `css` theme with the colours of another theme, for the page's stylesheet. */
export const variablesOf = (theme: 'light' | 'dark'): string =>
  Object.entries(literal[theme])
    .map(([name, colour]) => `--chart-${kebab(name)}: ${colour};`)
    .join('\n');

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
