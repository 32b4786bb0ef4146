import type { KeyValueEntry } from './stored-record.ts';

/** How much of the registry a process reads. Agents keep to it; a record beyond it was written by another program. */
export interface RecordLimits {
  /** Greatest length of a record, in characters. */
  readonly record: number;
  /** Greatest length of all records of one host together, each counted with at least `least`. */
  readonly host: number;
  readonly least: number;
}

/** Room for 32 768 records of a host. A registry is read as a whole, so a host must not fill the memory of readers. */
export const recordLimits: RecordLimits = {
  record: 256 * 1024,
  host: 32 * 1024 * 1024,
  least: 1024,
};

/** Most instances of one agent. */
export const mostInstances = 10_000;
/** Most labels of one instance. */
export const mostLabels = 256;

/** Why a text is not read. */
export const tooLong = (what: string, length: number, most: number): string =>
  `it has ${length} characters, and ${what} may have at most ${most}`;

/**
 * Counts the records of each host, and leaves out the text of what is too much: of one record, or of all records
 * of a host. A login can write any number of records for its own host, and every process reads them.
 */
export class RecordBudget {
  readonly #limits: RecordLimits;
  /** By host, as in keys. */
  readonly #hosts = new Map<string, HostUse>();
  /** The host of the last key: records of a host mostly follow each other. `prefix` is that of their keys. */
  #recent: { readonly prefix: string; readonly use: HostUse } | undefined;
  /** What a key counts, if it is not `least`; 0: it is left out. Few records are longer. */
  readonly #costs = new Map<string, number>();
  readonly #leftOut = new Map<string, Set<string>>();

  constructor(limits: RecordLimits = recordLimits) {
    this.#limits = limits;
  }

  /** Keys whose text is left out, by host as in keys. */
  get leftOut(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#leftOut;
  }

  /** Counts an entry. @param isKnown whether its key was counted before */
  take(entry: KeyValueEntry, isKnown: boolean): KeyValueEntry {
    const { key, text } = entry;
    const host = this.#hostOf(key);
    const { record, host: most, least } = this.#limits;
    const before = isKnown ? (this.#costs.get(key) ?? least) : 0;
    const used = host.used - before;
    if (text === undefined) {
      this.#count(host, key, { used, cost: least });
      this.#include(host, key);
      return entry;
    }
    if (entry.leftOut !== undefined) {
      this.#count(host, key, { used, cost: 0 });
      this.#exclude(host, key);
      return entry;
    }
    const isTooLong = text.length > record;
    const wanted = isTooLong ? least : Math.max(least, text.length);
    const cost = host.name === '' || used + wanted <= most ? wanted : 0;
    this.#count(host, key, { used: used + cost, cost });
    if (cost > 0 && !isTooLong) {
      this.#include(host, key);
      return entry;
    }
    this.#exclude(host, key);
    const leftOut = isTooLong
      ? tooLong('a record', text.length, record)
      : `the records of its host have more than ${most} characters, each counted with at least ${least}`;
    return { ...entry, text: '', leftOut };
  }

  #hostOf(key: string): HostUse {
    const recent = this.#recent;
    if (recent && key.startsWith(recent.prefix)) return recent.use;
    const { kind, name } = hostIn(key);
    const use = this.#hosts.get(name) ?? { name, used: 0 };
    this.#hosts.set(name, use);
    this.#recent = name === '' ? undefined : { prefix: `${kind}${name}.`, use };
    return use;
  }

  #count(host: HostUse, key: string, { used, cost }: { used: number; cost: number }): void {
    host.used = used;
    if (used <= 0) {
      this.#hosts.delete(host.name);
      this.#recent = undefined;
    }
    if (cost !== this.#limits.least) this.#costs.set(key, cost);
    else if (this.#costs.size > 0) this.#costs.delete(key);
  }

  #exclude({ name }: HostUse, key: string): void {
    const keys = this.#leftOut.get(name) ?? new Set();
    this.#leftOut.set(name, keys.add(key));
  }

  #include({ name }: HostUse, key: string): void {
    if (this.#leftOut.size === 0) return;
    const keys = this.#leftOut.get(name);
    if (keys?.delete(key) && keys.size === 0) this.#leftOut.delete(name);
  }
}

/** How much the records of a host have. */
interface HostUse {
  readonly name: string;
  used: number;
}

/** The host of a key that its agents may write, or ''; other keys are written by collectors and operators. */
function hostIn(key: string): { readonly kind: string; readonly name: string } {
  const kind = ofHost.find((one) => key.startsWith(one));
  if (kind === undefined) return { kind: '', name: '' };
  const end = key.indexOf('.', kind.length);
  return { kind, name: end < 0 ? key.slice(kind.length) : key.slice(kind.length, end) };
}

const ofHost = ['instance.', 'agent.', 'run.'];
