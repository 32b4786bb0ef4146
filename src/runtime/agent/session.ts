import type { EndCause, SessionEffect, SessionEvent } from '../../../machines/session.ts';
import { leaseKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Notice } from '../../ports/run-messaging.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { retryDelay, retryUntilAvailable } from '../support/retry.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { session as machine } from '../transitions/machine-set.ts';
import { ProcessChain, type ProcessTransition } from '../transitions/process-chain.ts';
import type { Author } from '../transitions/record-change.ts';
import { type ClaimOptions, claimSlot } from './claim-slot.ts';
import { leaveGracefully } from './leave.ts';
import { OwnedRecords, type OwnershipLost } from './owned-records.ts';
import { reconcile } from './reconcile.ts';
import { refuteSuspicion } from './refute-suspicion.ts';

export interface SessionOptions extends ClaimOptions {
  readonly lease: LeasePolicy;
  readonly desired: () => Desired;
  /** How long instances stand as `draining` before they are removed. */
  readonly drainFor: Millis;
  /** How long a polite leave may take while the store does not answer. */
  readonly leaveWithin: Millis;
  readonly onTransition: (transition: ProcessTransition) => void;
}

/** What an effect found; undefined: it was told to stop. */
type Found =
  | SessionEvent
  | OwnershipLost
  | 'reconciled'
  | 'suspected'
  | 'regranted'
  | 'lapsed'
  | 'left'
  | undefined;

/** How long the end of a session waits for its own chain of events to be stored. */
const flushWithin: Millis = 2000;

/**
 * One run of an agent, from its lease to its end: the session machine, stepped by what happens, its
 * effects performed one after the other.
 *
 * An effect belongs to the state that asked for it: when the state is left, the effect is told to
 * stop, and what it still says is not heard: it may be about a lease that is gone by now.
 */
export class Session {
  readonly records: OwnedRecords;
  readonly #options: SessionOptions;
  readonly #ports: Ports;
  readonly #keeper: LeaseKeeper;
  readonly #chain: ProcessChain;
  readonly #over = Promise.withResolvers<EndCause>();
  readonly #end = new AbortController();
  #refusal = '';
  #state = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(author: Author, options: SessionOptions, ports: Ports) {
    const me = author.actor;
    this.#options = options;
    this.#ports = ports;
    this.records = new OwnedRecords(me, author, ports);
    this.#chain = new ProcessChain({ entity: 'session', ...me }, author, machine, ports);
    const text = JSON.stringify({ v: recordVersion, run: me.run });
    const lease = { key: leaseKey(me), text: () => text };
    this.#keeper = new LeaseKeeper(lease, options.lease, ports, (why) =>
      this.#post({ type: 'lapsed', why }),
    );
  }

  get state(): string {
    return String(this.#chain.state);
  }

  /** Why a live run did not let the slot go. */
  get refusal(): string {
    return this.#refusal;
  }

  /** Runs to its end and says how it came; a bug inside rejects. */
  async run(): Promise<EndCause> {
    const answering = this.#answer();
    answering.catch(this.#over.reject);
    try {
      return await this.#over.promise;
    } finally {
      this.#end.abort();
      const probe = await answering;
      await probe?.[Symbol.asyncDispose]();
      const { clock } = this.#ports;
      await withTimeout(flushWithin, clock, never, (bound) => this.#chain.flushed(bound));
    }
  }

  /** Asks the run to leave politely. */
  leave(): void {
    this.#post({ type: 'told-to-leave' });
  }

  /** What really runs has changed. */
  desiredChanged(): void {
    if (this.state === 'serving') this.#perform('reconcile');
  }

  async #answer(): Promise<AsyncDisposable | undefined> {
    const answering = await retryUntilAvailable(this.#ports, this.#end.signal, () =>
      this.#ports.messaging.serve(this.records.me, {
        pong: () => ({ lag: this.#keeper.lag, state: this.state }),
        onNotice: (notice) => void this.#onNotice(notice),
      }),
    );
    if (answering) this.#post({ type: 'opened' });
    void this.#checking();
    return answering;
  }

  #post(event: SessionEvent): void {
    const from = this.#chain.state;
    const taken = this.#chain.take({ ...event });
    if (taken === 'ignored') return;
    if (event.type === 'refused') this.#refusal = event.why;
    if (taken.to !== from) {
      this.#state.abort();
      this.#state = new AbortController();
    }
    for (const effect of taken.effects) this.#perform(effect as SessionEffect);
    if (taken.done) this.#conclude();
    this.#options.onTransition({ machine: machine.name, event: { ...event }, from, to: taken.to });
  }

  #conclude(): void {
    const { cause } = this.#chain.context as { cause: EndCause };
    this.#work.then(() => this.#over.resolve(cause), this.#over.reject);
  }

  #perform(effect: SessionEffect): void {
    const { signal } = this.#state;
    this.#work = this.#work.then(async () => {
      if (!signal.aborted) await this.#effect(effect, signal);
    });
    this.#work.catch(this.#over.reject);
  }

  async #effect(effect: SessionEffect, signal: AbortSignal): Promise<void> {
    const ports = this.#ports;
    const holding = this.records;
    const until = <T>(attempt: () => Promise<T>) => retryUntilAvailable(ports, signal, attempt);
    const report = (found: Found) => {
      if (!signal.aborted) this.#report(found);
    };
    switch (effect) {
      case 'take-lease':
        if (await this.#takeLease(signal)) this.#post({ type: 'leased' });
        return;
      case 'claim-slot':
        return report(await until(() => claimSlot(holding, this.#options, ports, signal)));
      case 'reconcile': {
        const { desired } = this.#options;
        return report(await until(() => reconcile(holding, desired, ports, signal)));
      }
      case 'regrant':
        return report(await this.#regrant(signal));
      case 'refute':
        return report(await this.#refute(signal));
      case 'withdraw':
        return this.#withdraw(signal);
      case 'release-lease':
        return this.#keeper.release();
      default:
        return effect satisfies never;
    }
  }

  /** Key first, record second, until the record was rewritten while the key was held. */
  async #regrant(signal: AbortSignal): Promise<Found> {
    while (await this.#takeLease(signal)) {
      const found = await this.#refute(signal);
      if (found !== 'lapsed') return found;
      await retryDelay(this.#ports, signal);
    }
    return undefined;
  }

  #refute(signal: AbortSignal): Promise<Found> {
    const holds = () => this.#keeper.isValid;
    const ports = this.#ports;
    return retryUntilAvailable(ports, signal, () =>
      refuteSuspicion(this.records, holds, ports, signal),
    );
  }

  async #takeLease(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const taken = await retryUntilAvailable(this.#ports, signal, () => this.#keeper.acquire());
      if (taken === 'acquired') return true;
      await retryDelay(this.#ports, signal);
    }
    return false;
  }

  async #withdraw(signal: AbortSignal): Promise<void> {
    const { drainFor, leaveWithin } = this.#options;
    const ports = this.#ports;
    const left = await withTimeout(leaveWithin + drainFor, ports.clock, signal, (bound) =>
      retryUntilAvailable(ports, bound, () =>
        leaveGracefully(this.records, drainFor, ports, bound),
      ),
    );
    this.#report(left ?? { type: 'gave-up' });
  }

  /** Turns what an effect found into the machine's event; nothing where it was told to stop. */
  #report(found: Found): void {
    if (found === undefined || found === 'lapsed') return; // the keeper says so itself
    if (typeof found === 'string') this.#post({ type: found });
    else this.#post('ended' in found ? { type: 'ended', cause: found.ended } : found);
  }

  async #onNotice(notice: Notice): Promise<void> {
    this.#ports.log.info('told', { run: this.records.me.run, notice });
    await this.#check();
  }

  /** The run does not watch: it reads its record once per ttl, whenever it is told, and when refused. */
  async #checking(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.#ports.clock.sleep(this.#options.lease.ttl, this.#end.signal);
      await this.#check();
    }
  }

  async #check(): Promise<void> {
    if (this.state !== 'serving' && this.state !== 'reconciling') return;
    const found = await retryUntilAvailable(this.#ports, this.#state.signal, () =>
      this.records.check(),
    );
    if (!found || 'ended' in found) this.#report(found);
    else if (found.record.suspect && this.#keeper.isValid) this.#post({ type: 'suspected' });
  }
}

const never = new AbortController().signal;
