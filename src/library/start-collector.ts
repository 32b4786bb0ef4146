import { systemAdapters } from '../composition/system-adapters.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { type LeaseOptions, leaseOf, type PlaceOptions, slotOf } from './options.ts';

export interface CollectorOptions extends StoreOptions, LeaseOptions, PlaceOptions {
  /** What it is called in the audit; default `collector`. */
  readonly name?: string;
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** A collector that watches, or sleeps until a seat is free. Disposing it gives its seat back. */
export interface RunningCollector extends AsyncDisposable {
  /** `sleeping`, `blind`, `watching`, `removing` or `stopped`. */
  readonly state: string;
  stop(): Promise<void>;
  /** Resolves when it was stopped; rejects with a bug. */
  readonly done: Promise<void>;
}

/** Where others hold all seats it may sleep for long: no reason to keep its caller. */
const seatWithin: Millis = seconds(1);

/** Watches all runs and removes what dead ones left. Several share the work. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  await using opened = new AsyncDisposableStack();
  const { Collector } = await import('../runtime/collector/collector.ts');
  const slot = await slotOf(options, options.name ?? 'collector');
  const lease = leaseOf(options);
  const me = { ...slot, run: systemAdapters.entropy.runId() };
  const { ports } = opened.use(await openPorts(options, me));
  const seated = new AbortController();
  const onTransition = (transition: ProcessTransition) => {
    seated.abort();
    options.onTransition?.(transition);
  };
  const collector = opened.use(new Collector(me, { lease, onTransition }, ports));
  await systemAdapters.clock.sleep(seatWithin, seated.signal);
  const closing = opened.move();
  const stop = () => closing.disposeAsync();
  return {
    get state() {
      return collector.state;
    },
    stop,
    done: collector.done,
    [Symbol.asyncDispose]: stop,
  };
}
