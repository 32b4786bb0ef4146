/** Result of one check. `note` is for information; `wrong` is a problem to fix. */
export interface Finding {
  readonly about: string;
  readonly level: 'ok' | 'note' | 'wrong';
  readonly what: string;
  /** How to fix it. */
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
