/** The guarantees of docs/explanation/guarantees.md. */
type Guarantee = `G${number}`;

/** A deliberate breakage of the code: what a test must notice. */
export interface Mutant {
  readonly name: string;
  readonly breaks: Guarantee;
  /** What the broken code does. */
  readonly what: string;
  readonly file: string;
  /** Text that occurs in the file exactly once, and its replacement. */
  readonly edits: readonly (readonly [find: string, replace: string])[];
  /** Test files of which at least one test must fail. */
  readonly tests: readonly string[];
  /** Only NATS shows it: its tests start a server. */
  readonly needs?: 'nats-server';
  /** What the simulation cannot see: what it does not play. */
  readonly unseen?: string;
}

/** The file with the mutant in it. @throws {Error} where a text is not there exactly once: it is stale */
export function mutate({ name, edits }: Pick<Mutant, 'name' | 'edits'>, source: string): string {
  return edits.reduce((text, [find, replace]) => {
    const times = text.split(find).length - 1;
    if (times !== 1)
      throw new Error(`${name}: its text is there ${times} times, not once: ${find}`);
    return text.replace(find, () => replace);
  }, source);
}
