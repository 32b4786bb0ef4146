import type { EndCause, SessionEffect, SessionEvent } from '../../../machines/session.ts';
import { leaseKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Notice } from '../../ports/run-messaging.ts';
import { Alarm } from '../support/alarm.ts';
import { BackgroundFailure } from '../support/background-failure.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { retryDelay, retryUntilAvailable } from '../support/retry.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { session as machine } from '../transitions/machine-set.ts';
import { ProcessChain, type ProcessTransition } from '../transitions/process-chain.ts';
import type { Author } from '../transitions/record-change.ts';
import { checkRecords } from './check-records.ts';
import { type ClaimOptions, claimSlot, type SlotRefusal } from './claim-slot.ts';
import { type EffectResult, eventOfResult } from './effect-result.ts';
import { type LeaveLimits, leaveInTime } from './leave.ts';
import { OwnedRecords } from './owned-records.ts';
import { reconcile } from './reconcile.ts';
import { refuteSuspicion } from './refute-suspicion.ts';
import { takeLease } from './take-lease.ts';

export interface SessionOptions extends ClaimOptions, LeaveLimits {
  readonly lease: LeasePolicy;
  readonly desired: () => Desired;
  readonly onTransition: (transition: ProcessTransition) => void;
  /** Called when what is known of the stored instances has changed. */
  readonly onRecords: () => void;
}

/** How long the end of a session waits until its events are stored. */
const flushTimeout: Millis = 2000;

/**
 * One run of an agent, from its lease to its end: runs the session machine and performs its effects
 * one after the other.
 *
 * An effect belongs to the state that requested it. When the machine leaves that state, the effect
 * is stopped and its result is ignored: it may be about a lease that has lapsed.
 */
export class Session {
  readonly records: OwnedRecords;
  readonly #options: SessionOptions;
  readonly #ports: Ports;
  readonly #keeper: LeaseKeeper;
  readonly #chain: ProcessChain;
  readonly #ended = Promise.withResolvers<EndCause>();
  readonly #end = new AbortController();
  readonly #tasks = new BackgroundFailure();
  /** Rings when an instance that was written too often may be written again. */
  readonly #writeAgain: Alarm;
  #refusal: SlotRefusal | undefined;
  #state = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(author: Author, options: SessionOptions, ports: Ports) {
    const self = author.actor;
    this.#options = options;
    this.#ports = ports;
    this.records = new OwnedRecords(self, author, ports, options.onRecords);
    this.#chain = new ProcessChain({ entity: 'session', ...self }, author, machine, ports);
    this.#writeAgain = new Alarm(ports.clock, () => this.desiredChanged(), this.#end.signal);
    const { ttl } = options.lease;
    const text = JSON.stringify({ v: recordVersion, run: self.run, ttl });
    const lease = { key: leaseKey(self), text: () => text };
    this.#keeper = new LeaseKeeper(lease, options.lease, ports, (why) =>
      this.#post({ type: 'lapsed', why }),
    );
  }

  get state(): string {
    return String(this.#chain.state);
  }

  get hasLease(): boolean {
    return this.#keeper.isValid;
  }

  /** Aborts when the session leaves its state. */
  get signal(): AbortSignal {
    return this.#state.signal;
  }

  /** Why an active run kept the slot, and where that run is. */
  get refusal(): SlotRefusal | undefined {
    return this.#refusal;
  }

  /** Runs to its end and returns the cause; rejects with a bug. */
  async run(): Promise<EndCause> {
    const serving = this.#serveMessages();
    const { reject } = this.#ended;
    for (const task of [serving, this.#keeper.failure, this.#chain.failure, this.#tasks.promise]) {
      task.catch(reject);
    }
    try {
      return await this.#ended.promise;
    } catch (cause) {
      // Nothing runs on behind an unforeseen failure: the lease would block the next run of this slot.
      this.#state.abort();
      await this.#keeper.close().catch(() => {});
      throw cause;
    } finally {
      this.#end.abort();
      const probe = await serving.catch(() => undefined);
      await probe?.[Symbol.asyncDispose]();
      await withTimeout(flushTimeout, this.#ports.clock, never, (timeout) =>
        this.#chain.flushed(timeout).catch(() => {}),
      );
    }
  }

  /** Asks the run to leave gracefully. */
  leave(): void {
    this.#post({ type: 'told-to-leave' });
  }

  /** The desired instances have changed. */
  desiredChanged(): void {
    if (this.state === 'serving') this.#perform('reconcile');
  }

  async #serveMessages(): Promise<AsyncDisposable | undefined> {
    const serving = await retryUntilAvailable(this.#ports, this.#end.signal, () =>
      this.#ports.messaging.serve(this.records.self, {
        pong: () => ({ lag: this.#keeper.lag, state: this.state }),
        onNotice: (notice) => this.#tasks.run(this.#onNotice(notice)),
        onRefused: (why) => this.#ports.log.warn('pings-refused', { why }),
        onAccepted: () => this.#ports.log.info('pings-accepted', {}),
      }),
    );
    if (serving) this.#post({ type: 'opened' });
    this.#tasks.run(this.#checkLoop());
    return serving;
  }

  #post(event: SessionEvent): void {
    const from = this.#chain.state;
    const taken = this.#chain.take({ ...event });
    if (taken === 'ignored') return;
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
    this.#work.then(() => this.#ended.resolve(cause), this.#ended.reject);
  }

  #perform(effect: SessionEffect): void {
    const { signal } = this.#state;
    this.#work = this.#work.then(async () => {
      if (!signal.aborted) await this.#effect(effect, signal);
    });
    this.#work.catch(this.#ended.reject);
  }

  async #effect(effect: SessionEffect, signal: AbortSignal): Promise<void> {
    const ports = this.#ports;
    const { records } = this;
    const until = <T>(attempt: () => Promise<T>) => retryUntilAvailable(ports, signal, attempt);
    const report = (result: EffectResult) => {
      if (!signal.aborted) this.#report(result);
    };
    switch (effect) {
      case 'take-lease':
        if (await takeLease(this.#keeper, ports, signal)) this.#post({ type: 'leased' });
        return;
      case 'claim-slot':
        return report(await until(() => this.#claim(signal)));
      case 'reconcile': {
        const { desired } = this.#options;
        report(await until(() => reconcile(records, desired, ports, signal)));
        return this.#tasks.run(this.#writeAgain.setTo(records.pace.takeDue()));
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

  async #claim(signal: AbortSignal): Promise<EffectResult> {
    const result = await claimSlot(this.records, this.#options, this.#ports, signal);
    if (result?.type !== 'refused') return result;
    this.#refusal = { why: result.why, where: result.where };
    return { type: 'refused', why: result.why };
  }

  /** Lease first, then record, until the record was rewritten while the lease was valid. */
  async #regrant(signal: AbortSignal): Promise<EffectResult> {
    while (await takeLease(this.#keeper, this.#ports, signal)) {
      const result = await this.#refute(signal);
      if (result !== 'lapsed') return result;
      await retryDelay(this.#ports, signal);
    }
    return undefined;
  }

  #refute(signal: AbortSignal): Promise<EffectResult> {
    const ports = this.#ports;
    return retryUntilAvailable(ports, signal, () =>
      refuteSuspicion(this.records, () => this.hasLease, ports, signal),
    );
  }

  async #withdraw(signal: AbortSignal): Promise<void> {
    const left = await leaveInTime(this.records, this.#options, this.#ports, signal);
    this.#report(left ?? { type: 'gave-up' });
  }

  #report(result: EffectResult): void {
    const event = eventOfResult(result);
    if (event) this.#post(event);
  }

  async #onNotice(notice: Notice): Promise<void> {
    this.#ports.log.info('notified', { run: this.records.self.run, notice });
    await this.#check();
  }

  /**
   * The run does not watch: it reads its record once per ttl, after every notice, and after a
   * refused write.
   */
  async #checkLoop(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.#ports.clock.sleep(this.#options.lease.ttl, this.#end.signal);
      await this.#check();
    }
  }

  async #check(): Promise<void> {
    const found = await checkRecords(this.records, this, this.#ports);
    if (found !== 'lost-writes') return this.#report(found);
    this.#ports.log.warn('registry-lost-writes', { run: this.records.self.run });
    this.#perform('reconcile');
  }
}

const never = new AbortController().signal;
