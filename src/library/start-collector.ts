import { systemAdapters } from '../composition/system-adapters.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import { Callback, refuseUnknown } from './known-options.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { unlessAborted } from './open-repeatedly.ts';
import { type HostOptions, type LeaseOptions, readLease, readOption, readSlot } from './options.ts';

/** Options of `startCollector`. `ttl` and `grace` are those of its seat. */
export interface CollectorOptions extends StoreOptions, LeaseOptions, HostOptions {
  /** Name of the collector in the audit; default `collector`. */
  readonly name?: string;
  /** Called after each transition of the collector's machine. */
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** A state of a collector. */
export type CollectorState = 'sleeping' | 'blind' | 'watching' | 'removing' | 'stopped';

/** A running collector. Disposing it is the same as `stop`. */
export interface RunningCollector extends AsyncDisposable {
  /**
   * `sleeping` (waits for a seat), `blind` (its view is not current), `watching`, `removing` or `stopped`:
   * see docs/explanation/machines.md.
   */
  readonly state: CollectorState;
  /** Finishes running removals and releases the seat. */
  stop(): Promise<void>;
  /** The same as `stop`. */
  close(): Promise<void>;
  /** Resolves when the collector has stopped. It rejects only because of a bug in Rollcall. */
  readonly done: Promise<void>;
}

/** Time for which the start waits for a seat. If others hold all seats, the wait has no limit. */
const seatWithin: Millis = seconds(1);

/**
 * Starts a collector: it watches all runs, expires silent ones and removes what they left (guarantee G4).
 *
 * Resolves when it has a seat, or after 1 s without one; it then waits for a seat in the background.
 * Several collectors share the work. A namespace that does not exist is created.
 * @throws {Fault} `bad-setting`, `bad-name`, `store-unavailable`, `store-refused`,
 * `store-misconfigured`, `server-too-old`
 * @example
 * ```ts
 * import { startCollector } from 'rollcall';
 *
 * await using collector = await startCollector({
 *   servers: 'nats://127.0.0.1:4222',
 *   onTransition: ({ to }) => process.stdout.write(`collector is ${to}\n`),
 * });
 * await collector.done;
 * ```
 */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  refuseUnknown(options);
  readOption('onTransition', Callback, options.onTransition);
  await using opened = new AsyncDisposableStack();
  const { Collector } = await import('../runtime/collector/collector.ts');
  const slot = await readSlot(options, options.name ?? 'collector');
  const lease = readLease(options);
  const me = { ...slot, run: systemAdapters.entropy.runId() };
  const { ports } = opened.use(await openPorts(options, me));
  const seated = new AbortController();
  const onTransition = (transition: ProcessTransition) => {
    seated.abort();
    options.onTransition?.(transition);
  };
  const collector = opened.use(new Collector(me, { lease, onTransition }, ports));
  const seat = systemAdapters.clock.sleep(seatWithin, seated.signal);
  await unlessAborted(seat, 'waiting for a seat', options.signal);
  const closing = opened.move();
  const stop = () => closing.disposeAsync();
  return {
    get state() {
      return collector.state as CollectorState;
    },
    stop,
    close: stop,
    done: collector.done,
    [Symbol.asyncDispose]: stop,
  };
}
