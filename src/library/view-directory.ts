import { z } from 'zod';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { AvoidedInstances } from '../domain/fleet/avoided-instances.ts';
import type { InstanceRow } from '../domain/fleet/directory-rows.ts';
import { zoneOfRow } from '../domain/fleet/fleet-rows.ts';
import { defaultKeepLast } from '../domain/fleet/kept-instances.ts';
import {
  lessLoadedOfTwo,
  nearest,
  type PickPolicy,
  pickOne,
  pickPolicies,
  withLabels,
} from '../domain/fleet/pick.ts';
import { ServiceName } from '../domain/identity/names.ts';
import { seconds } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Directory } from '../runtime/directory/directory.ts';
import { endOf, orReason, setsFrom, valuesFrom } from './directory-iterables.ts';
import type {
  DirectoryEvent,
  DirectoryOptions,
  Listener,
  OpenDirectory,
  PickOptions,
} from './directory-types.ts';
import { EventListeners } from './event-listeners.ts';
import { Callback, refuseUnknown, Signal } from './known-options.ts';
import type { Machine } from './machine.ts';
import { stopped } from './open-repeatedly.ts';
import { readInstanceName, readOption } from './options.ts';

/** Opens a view on a machine, which is this one or one of a test. @throws {Fault} as `openDirectory` */
export async function viewDirectory(
  options: DirectoryOptions,
  machine: Machine,
): Promise<OpenDirectory> {
  refuseUnknown(options);
  await using opened = new AsyncDisposableStack();
  const seatsEvery = readOption('seatsEvery', DurationOrMillis, options.seatsEvery ?? seconds(15));
  const open = opened.use(await machine.open(options, 'directory', 'wait'));
  const { ports } = open;
  const listeners = new Set<Listener>();
  const onChange: Listener = (changes) => {
    for (const listener of [...listeners]) callSafely(listener, changes);
  };
  const keepLast = readOption('keepLast', DurationOrMillis, options.keepLast ?? defaultKeepLast);
  const events = new EventListeners<DirectoryEvent>();
  const onObserved = (observed: boolean) => events.emit(observed ? 'observed' : 'unobserved');
  const directory = opened.use(
    new Directory(ports, { seatsEvery, keepLast, onChange, onObserved, skipsFirst: true }),
  );
  const closed = opened.adopt(new AbortController(), async (controller) => controller.abort());
  await waitUntilComplete(directory, options, ports.clock);
  const avoided = new AvoidedInstances();
  opened.defer(open.onConnection((isUp) => events.emit(isUp ? 'connected' : 'disconnected')));
  const closing = opened.move();
  const refuseIfClosed = () => {
    if (closed.signal.aborted)
      throw new Fault('bad-setting', 'the directory is closed; open another one');
  };
  const listen = (listener: Listener) => {
    refuseIfClosed();
    readOption('listener', Callback.nonoptional(), listener);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const usable = (service: string, { policy = 'prefer-live', labels }: PickOptions) => {
    const rows = directory.usable(service, readPolicy(policy));
    return labels ? withLabels(rows, labels) : rows;
  };
  const zoneOf = (row: InstanceRow) => zoneOfRow(row, directory.fleet);
  return {
    instances(service, options = {}) {
      refuseIfClosed();
      readOption('service', ServiceName.optional(), service);
      const { policy } = readOption('options', InstancesOptionsRule, options);
      if (policy === undefined) return directory.instances(service);
      return directory.usable(service, readPolicy(policy));
    },
    pick(service, options = {}) {
      refuseIfClosed();
      readOption('service', ServiceName, service);
      const { near, load, random = ports.entropy.fraction } = readPick(options);
      const now = ports.clock.monotonic();
      const rows = avoided.filter(usable(service, options), now);
      const close = near ? nearest(rows, near, zoneOf) : rows;
      return load ? lessLoadedOfTwo(close, load, random) : pickOne(close, random());
    },
    watchService(service, { signal, ...options } = {}) {
      refuseIfClosed();
      readOption('service', ServiceName, service);
      readPick(options);
      const read = () => usable(service, options);
      const end = endOf(closed.signal, signal);
      return orReason(setsFrom(read, listen, end, ports.clock), signal);
    },
    avoid(named, duration) {
      refuseIfClosed();
      const instance = readInstanceName(named);
      const within = readOption('duration', DurationOrMillis, duration);
      avoided.avoid(instance, within, ports.clock.monotonic());
    },
    agents() {
      refuseIfClosed();
      return directory.agents();
    },
    get age() {
      return directory.age ?? 0;
    },
    get observed() {
      return directory.observed;
    },
    get observedAge() {
      return directory.observedAge ?? 0;
    },
    onChange: listen,
    changes(options = {}) {
      const { signal } = readOption('options', z.strictObject({ signal: Signal }), options);
      return orReason(valuesFrom(listen, endOf(closed.signal, signal)), signal);
    },
    on(event, listener) {
      refuseIfClosed();
      return events.on(readOption('event', EventName, event), listener);
    },
    close: () => closing.disposeAsync(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What a listener throws is its program's, and reported there; the view and the other listeners go on. */
function callSafely(listener: Listener, changes: Parameters<Listener>[0]): void {
  try {
    listener(changes);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const EventName = z.enum(['unobserved', 'observed', 'disconnected', 'connected']);

const InstancesOptionsRule = z.strictObject({ policy: z.enum(pickPolicies).optional() });

const PickOptionsRule = z.strictObject({
  policy: z.enum(pickPolicies).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  near: z.strictObject({ host: z.string().optional(), zone: z.string().optional() }).optional(),
  load: Callback,
  random: Callback,
});

function readPick(options: PickOptions): PickOptions {
  readOption('pick', PickOptionsRule, options);
  return options;
}

const readPolicy = (policy: PickPolicy) => readOption('policy', z.enum(pickPolicies), policy);

async function waitUntilComplete(
  directory: Directory,
  options: DirectoryOptions,
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  const within = readOption('connectWithin', DurationOrMillis, options.connectWithin ?? seconds(5));
  const ready = directory.ready.then(() => true);
  const finished = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, finished.signal])
    : finished.signal;
  const isComplete = await Promise.race([ready, clock.sleep(within, signal).then(() => false)]);
  finished.abort();
  if (isComplete) return;
  if (options.signal?.aborted) throw stopped('reading the registry', options.signal);
  throw new Fault(
    'store-unavailable',
    `the registry could not be read completely within ${within} ms`,
    {
      hint: 'check that JetStream runs and each stream has a leader: `rollcall doctor` checks both',
    },
  );
}
