/** The moment B that is pinned to be compared with another: its sequence, and the time that the page showed. */
interface Pin {
  readonly seq: number;
  /** Absent in a link of an older version. */
  readonly at: number | undefined;
}

/** Undefined: nothing is pinned. */
export function readPin(text = ''): Pin | undefined {
  const [, seq, at] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text) ?? [];
  return seq === undefined ? undefined : { seq: Number(seq), at: at ? Number(at) : undefined };
}

export const writePin = (seq: number, at: number): string => `${seq}@${Math.floor(at)}`;
