import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../domain/replay/fold.ts';
import { compareRecord, sameRecord } from '../../domain/replay/record-diff.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import { catchUpTimeout, pollEvery } from './verifier/catch-up-time.ts';

/**
 * Compares a registry that was listed once with a history that is read on until it reaches the
 * listed states.
 *
 * The registry changes meanwhile, so the two are never equal at one moment. But each record was,
 * when it was listed, in the state that one event or none had made: a true history passes through
 * that state of each key. Later changes of the key do not matter.
 */
export class RegistryCatchUp {
  readonly #folded: ReadonlyMap<string, RecordUpdate>;
  /** The listed text of each key that the history has not reached yet; undefined: no record. */
  readonly #pending = new Map<string, string | undefined>();

  /**
   * `isWhole`: the history has its first event; otherwise it tells nothing about records that it did
   * not change.
   */
  constructor(
    folded: ReadonlyMap<string, RecordUpdate>,
    listed: readonly KeyValueEntry[],
    isWhole: boolean,
  ) {
    this.#folded = folded;
    const known = isWhole ? listed : listed.filter(({ key }) => folded.has(key));
    const texts = new Map(known.map(({ key, text }) => [key, text]));
    for (const key of folded.keys()) if (!texts.has(key)) texts.set(key, undefined);
    for (const [key, text] of texts) {
      if (!this.#matches(key, text)) this.#pending.set(key, text);
    }
  }

  get settled(): boolean {
    return this.#pending.size === 0;
  }

  /** The history has just changed this key. */
  passed(key: string): void {
    if (this.#pending.has(key) && this.#matches(key, this.#pending.get(key))) {
      this.#pending.delete(key);
    }
  }

  /** The listed states that the history never reached. */
  *divergences(): Generator<Divergence, void, undefined> {
    for (const [key, text] of this.#pending) {
      const divergence = compareRecord('registry', key, this.#folded.get(key), text);
      if (divergence) yield divergence;
    }
  }

  #matches(key: string, text: string | undefined): boolean {
    return sameRecord(this.#folded.get(key)?.entry.text, text);
  }
}

/**
 * Reads on until the history has reached the listed states, or has every event that the registry had when
 * it was listed: then the rest never comes.
 * @returns whether it gave up although the audit still had to copy events
 */
export async function readUntilSettled(
  catchUp: RegistryCatchUp,
  { clock, audit }: { readonly clock: Clock; readonly audit?: Pick<Audit, 'isBehind'> },
  readOn: () => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const until = clock.monotonic() + catchUpTimeout;
  for (;;) {
    const isBehind = (await audit?.isBehind()) ?? true;
    await readOn();
    if (catchUp.settled || !isBehind || signal.aborted) return false;
    if (clock.monotonic() >= until) return true;
    await clock.sleep(pollEvery, signal);
  }
}
