import type {
  Commit,
  InstanceEntry,
  Process,
  Rev,
  RunTruth,
  SlotEntry,
  State,
  Task,
  Work,
} from './state.ts';

/**
 * The name of a state. Two states have the same name if and only if they differ at most in the numbers of
 * their revisions, of which only equality and order count, and in the order of the collectors.
 */
export function encode(state: State): string {
  const text = new Text();
  text.slot(state.slot);
  for (const entry of state.instances) text.instance(entry);
  text.rev(state.hold.rev);
  text.say(Number(state.hold.stands), Number(state.vouched), state.fresh);
  for (const lease of state.lease) text.say(wordOf(lease));
  for (const run of state.runs) text.truth(run);
  for (const process of state.processes) text.process(process);
  text.say(state.flight.length);
  for (const commit of state.flight) text.commit(commit);
  for (const left of Object.values(state.budget)) text.say(left);
  const begins = state.collectors.map((work) => text.work(work));
  return text.ranked(begins);
}

/** Maps strings to small numbers, in the order of first use. */
const words = new Map<string, number>();
function wordOf(word: string): number {
  const known = words.get(word);
  if (known !== undefined) return known;
  words.set(word, words.size + 1);
  return words.size;
}

class Text {
  readonly #out: number[] = [];
  /** Positions of revisions in the text, which are replaced by their rank. */
  readonly #revs: number[] = [];

  say(...numbers: readonly number[]): undefined {
    for (const number of numbers) this.#out.push(number + 2);
  }

  rev(rev: Rev): undefined {
    this.#revs.push(this.#out.length);
    this.#out.push(rev);
  }

  slot(entry: SlotEntry | undefined): undefined {
    if (!entry) return this.say(-2);
    this.rev(entry.rev);
    const flags = Number(entry.suspect) + 2 * Number(entry.first);
    this.say(entry.run, wordOf(entry.phase), flags);
  }

  instance({ rev, owner, n }: InstanceEntry): undefined {
    this.rev(rev);
    this.say(owner, n);
  }

  truth({ took, over, process, heads }: RunTruth): undefined {
    this.say(Number(took), wordOf(over), process, ...heads);
  }

  process(process: Process): undefined {
    const { agent, instances, heads, unsure, queue, task } = process;
    this.say(wordOf(process.life), process.run);
    if (process.life === 'dead' || process.life === 'gone') return;
    const { announced, holds, inDoubt, spent, takeover } = process;
    const flags = [announced, holds, inDoubt, spent, takeover];
    this.say(flags.reduce((sum, flag, i) => sum + (Number(flag) << i), 0));
    this.say(wordOf(process.session), wordOf(process.cause ?? ''), process.wants, process.former);
    this.slot(agent);
    for (const entry of instances) this.instance(entry);
    this.say(...heads, ...unsure, queue.length, ...queue.map(wordOf));
    this.task(task);
  }

  task(task: Task | undefined): undefined {
    if (!task) return this.say(0);
    this.say(wordOf(task.effect), wordOf(task.pc), Number(task.aborted), Number(task.listed));
    if (task.sending) this.commit(task.sending);
  }

  commit({ by, writes, fences }: Commit): undefined {
    this.say(by === 'collector' ? -1 : by, writes.length, fences.length);
    for (const { key, expect, judged, put, events } of writes) {
      this.say(key === 'slot' ? -1 : key, Number(expect === 'any'));
      if (expect !== 'any') this.rev(expect);
      this.rev(judged);
      if (put === undefined) this.say(-2);
      else if ('owner' in put) this.say(put.owner, put.n);
      else this.say(put.run, wordOf(put.phase), Number(put.suspect) + 2 * Number(put.first));
      for (const { type, run, instance, after } of events) {
        this.say(wordOf(type), run);
        if (instance === undefined && after > 0) this.rev(after);
        else this.say(after);
      }
    }
    for (const { key, expect } of fences) {
      this.say(wordOf(key));
      this.rev(expect);
    }
  }

  /** @returns its start */
  work(work: Work): number {
    const begin = this.#out.length;
    this.say(wordOf(work.at));
    if (work.at === 'look-first') this.say(work.run, wordOf(work.lease));
    if (work.at === 'examine') {
      this.slot(work.judged);
      this.say(...[work.ripe, work.lease, work.probe, work.hold].map(wordOf));
      this.rev(work.holdRev);
    }
    if (work.at === 'remove') {
      this.slot(work.expired);
      this.say(work.from);
    }
    if (work.at === 'leftovers') {
      this.slot(work.slot);
      this.say(work.judged, work.next);
    }
    if ('view' in work) for (const entry of work.view) this.instance(entry);
    return begin;
  }

  ranked(begins: readonly number[]): string {
    const out = this.#out;
    const seen = [...new Set(this.#revs.map((place) => out[place] ?? 0))].sort((a, b) => a - b);
    // 0 means no revision and stays 0.
    const ranks = new Map(seen.filter((rev) => rev !== 0).map((rev, rank) => [rev, rank + 1]));
    for (const place of this.#revs) out[place] = ranks.get(out[place] ?? 0) ?? 0;
    const parts = begins.map((begin, i) => String.fromCharCode(...out.slice(begin, begins[i + 1])));
    return String.fromCharCode(...out.slice(0, begins[0])) + parts.sort().join('');
  }
}
