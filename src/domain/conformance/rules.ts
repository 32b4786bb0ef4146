/**
 * What an agent in any language must do, by number: the rules of docs/reference/minimal-agent.md, which
 * `rollcall conform` checks.
 */
export const rules = {
  1: 'its connection has the name `rollcall <host>/<agent> <run>`, with headers and no_responders',
  2: 'it subscribes to its own subject first, and answers a request there with lag and state',
  3: 'it creates its lease with a TTL and the expectation 0, before its first commit',
  4: 'it renews its lease every ttl/3',
  5: 'it takes a free slot, registers its instances as they are wanted, and becomes live',
  6: 'its records and events have the required fields, with their types',
  7: 'term and token are 0 in the first write, and the revision of that write in all later ones',
  8: 'numbers, hashes, states and authors of its events are right, and its records agree with them',
  9: 'each record is written in a batch with its event, at its expected revision, with a fence',
  10: 'it writes only its own lease, records and events',
  11: 'a second process of the slot ends, and changes nothing',
  12: 'each process, and each life after an expiry, has a run id of its own',
  13: 'after a restart it ends the chains of the run before, adopts what is still wanted and removes the rest',
  14: 'it writes regranted when its record is suspect while it has its lease',
  15: 'declared dead, it starts over with a new run, and writes nothing more for the old one',
  16: 'superseded, its process ends, and writes nothing more',
  17: 'after its lease was lost, it creates it again and writes regranted before anything else',
  18: 'after a commit without an acknowledgement, it first rewrites its agent record',
  19: 'after its connection broke, it goes on as the same run and registers nothing again',
  20: 'after a restart of the server, it goes on as the same run and registers nothing again',
  21: 'told to stop, it writes withdrawn, removes its instances and its record, releases its lease and ends',
} as const;

/** The number of a rule. */
export type Rule = keyof typeof rules;

export const ruleNumbers = Object.keys(rules).map((number) => Number(number) as Rule);

/** What was seen of a rule. One failure outweighs everything else. */
export interface Verdict {
  readonly rule: Rule;
  readonly result: 'passed' | 'failed' | 'not-observed';
  /** What was seen: of a failed rule, what broke it. */
  readonly seen: readonly string[];
}

/** Collects what is seen of each rule. */
export class Verdicts {
  readonly #passed = new Map<Rule, Set<string>>();
  readonly #failed = new Map<Rule, Set<string>>();

  pass(rule: Rule, seen: string): void {
    add(this.#passed, rule, seen);
  }

  fail(rule: Rule, seen: string): void {
    add(this.#failed, rule, seen);
  }

  /** Every rule, in order. */
  get all(): readonly Verdict[] {
    return ruleNumbers.map((rule) => {
      const failed = this.#failed.get(rule);
      if (failed) return { rule, result: 'failed', seen: [...failed] };
      const passed = this.#passed.get(rule);
      return passed
        ? { rule, result: 'passed', seen: [...passed] }
        : { rule, result: 'not-observed', seen: [] };
    });
  }
}

function add(to: Map<Rule, Set<string>>, rule: Rule, seen: string): void {
  const known = to.get(rule) ?? new Set<string>();
  to.set(rule, known.add(seen));
}
