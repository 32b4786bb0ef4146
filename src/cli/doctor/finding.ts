/** One thing that was looked at. `note` is worth knowing; `wrong` is to be mended. */
export interface Finding {
  readonly about: string;
  readonly level: 'ok' | 'note' | 'wrong';
  readonly what: string;
  /** What to do about it. */
  readonly mend?: string;
}

export const ok = (about: string, what: string): Finding => ({ about, level: 'ok', what });
export const note = (about: string, what: string, mend: string): Finding => ({
  about,
  level: 'note',
  what,
  mend,
});
export const wrong = (about: string, what: string, mend: string): Finding => ({
  about,
  level: 'wrong',
  what,
  mend,
});
