import { z } from 'zod';
import { DurationOrMillis } from '../composition/duration.ts';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault } from '../domain/fault.ts';
import type { AgentRow, InstanceRow } from '../domain/fleet/directory-rows.ts';
import { type PickPolicy, pickPolicies, pickRandom, selectUsable } from '../domain/fleet/pick.ts';
import { seconds } from '../domain/time.ts';
import { Directory, type DirectoryChange } from '../runtime/directory/directory.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { type Duration, readOption } from './options.ts';

export interface DirectoryOptions extends StoreOptions {
  /** Between two looks at whether a collector watches; default 15 s. */
  readonly seatsEvery?: Duration;
}

export interface PickOptions {
  /** What you want to be handed; default `prefer-live`. */
  readonly policy?: PickPolicy;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

type Listener = (changes: readonly DirectoryChange[]) => void;

/** A consumer's view of the instances, kept by changes alone. When the store is away it stays. */
export interface OpenDirectory extends AsyncDisposable {
  /**
   * The instances of one service, or all, each with what may be thought of it, and why. With a policy
   * those that you may use, the best first, at most one for a `service/id`.
   */
  instances(
    service?: string,
    options?: { readonly policy?: PickPolicy | undefined },
  ): readonly InstanceRow[];
  /**
   * One instance of the service, at random of those that the policy hands out; undefined where it
   * hands out none. It holds as of `age` ago: where the store is away the last that was known is picked
   * from, and what is picked may be dubious, with its reason.
   */
  pick(service: string, options?: PickOptions): InstanceRow | undefined;
  agents(): readonly AgentRow[];
  /** Milliseconds since the store was last heard. */
  readonly age: number;
  /** Whether a collector watches: without one nobody notices a silence. */
  readonly observed: boolean;
  /** Calls the listener with whatever changes from now on; returns how to stop that. */
  onChange(listener: Listener): () => void;
  /** The same as an iterable, from this call on; nothing is left out, however slow its reader. */
  changes(): AsyncGenerator<readonly DirectoryChange[], void, undefined>;
}

/** A consumer's view, complete when this resolves. @throws {Fault} `store-unavailable` */
export async function openDirectory(options: DirectoryOptions): Promise<OpenDirectory> {
  await using opened = new AsyncDisposableStack();
  const seatsEvery = readOption('seatsEvery', DurationOrMillis, options.seatsEvery ?? seconds(15));
  const { ports } = opened.use(await openPorts(options, 'directory'));
  const listeners = new Set<Listener>();
  const onChange: Listener = (changes) => {
    for (const listener of [...listeners]) listener(changes);
  };
  const directory = opened.use(new Directory(ports, { seatsEvery, onChange }));
  const over = opened.adopt(new AbortController(), async (closed) => closed.abort());
  await complete(directory, options);
  const closing = opened.move();
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    instances(service, { policy } = {}) {
      const rows = directory.instances(service);
      return policy === undefined ? rows : selectUsable(rows, policyOf(policy));
    },
    pick(service, { policy = 'prefer-live', random = systemAdapters.entropy.fraction } = {}) {
      return pickRandom(directory.instances(service), policyOf(policy), random());
    },
    agents: () => directory.agents(),
    get age() {
      return directory.age ?? 0;
    },
    get observed() {
      return directory.observed;
    },
    onChange: listen,
    changes: () => queued(listen, over.signal),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

const policyOf = (policy: PickPolicy) => readOption('policy', z.enum(pickPolicies), policy);

async function complete(directory: Directory, options: DirectoryOptions): Promise<void> {
  const within = readOption('connectWithin', DurationOrMillis, options.connectWithin ?? seconds(5));
  const ready = directory.ready.then(() => true);
  const late = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
  const complete = await Promise.race([
    ready,
    systemAdapters.clock.sleep(within, signal).then(() => false),
  ]);
  late.abort();
  if (complete) return;
  throw new Fault('store-unavailable', `the registry was not complete within ${within} ms`, {
    hint: 'is JetStream up, with a leader for each stream? `rollcall doctor` says more',
  });
}

function queued(
  listen: (listener: Listener) => () => void,
  over: AbortSignal,
): AsyncGenerator<readonly DirectoryChange[], void, undefined> {
  const queue: (readonly DirectoryChange[])[] = [];
  let wake = () => {};
  const stop = listen((changes) => {
    queue.push(changes);
    wake();
  });
  over.addEventListener('abort', () => wake(), { once: true });
  return (async function* () {
    try {
      while (!over.aborted) {
        const next = queue.shift();
        if (next) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop();
    }
  })();
}
