import { createServiceView, keepSnapshot } from '../../composition/services/service-view.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ServiceDirectory } from '../../runtime/directory/service-directory.ts';
import type { Common } from '../command/command.ts';
import type { handOut } from '../command/settings/services.ts';
import type { Values } from '../command/settings/setting.ts';
import type { Terminal } from '../terminal/io.ts';
import { connectOnce, connectPatiently, logOf, watchConnection } from './connect.ts';

/** So long the store may take before what was saved is handed out. */
const savedAfter: Millis = seconds(3);

type Settings = Common & Values<typeof handOut>;

/** The view of a door or driver. It is not complete yet: `followStore` reads the store. */
export const openServices = (
  settings: Settings,
  io: Terminal,
  metrics: Metrics,
): Promise<ServiceDirectory> => createServiceView(settings, { log: logOf(io, settings), metrics });

/**
 * Reads the view once. It stays connected until it is disposed of.
 * @throws {Fault} `store-unavailable` if it is not complete in time
 */
export async function completeView(
  view: ServiceDirectory,
  settings: Common,
  io: Terminal,
): Promise<AsyncDisposable> {
  const connected = await connectOnce(settings, io, 'sync');
  const following = view.follow(connected.ports).then(() => true);
  const late = systemAdapters.clock.sleep(seconds(3), io.signal).then(() => false);
  if (await Promise.race([following, late])) return connected;
  await connected[Symbol.asyncDispose]();
  throw new Fault('store-unavailable', 'the registry could not be read completely within 3 s', {
    hint: 'check JetStream and the leaders of its streams: rollcall doctor',
  });
}

/**
 * Connects the view to the store and keeps it up to date until the signal. `onComplete` is called when the
 * view is complete, or when it hands out what was saved because the store is away.
 * @throws {Fault} `store-refused` and other failures that do not pass
 */
export async function followStore(
  view: ServiceDirectory,
  settings: Settings,
  io: Terminal,
  {
    metrics,
    signal,
    onComplete,
  }: {
    readonly metrics: Metrics;
    readonly signal: AbortSignal;
    readonly onComplete: () => void;
  },
): Promise<void> {
  const useSaved = () => {
    view.useSaved();
    if (view.status.isComplete) onComplete();
  };
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  void systemAdapters.clock.sleep(savedAfter, either).then(() => {
    if (!either.aborted) useSaved();
  });
  const options = { create: false, signal, metrics, onUnreachable: useSaved };
  await using connected = await connectPatiently(settings, io, 'serve', options);
  if (!connected) return timer.abort();
  void watchConnection(connected, io, signal);
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await Promise.race([view.follow(connected.ports), stopped]);
  timer.abort();
  if (signal.aborted) return;
  onComplete();
  const log = logOf(io, settings);
  if (settings.snapshot !== undefined) void keepSnapshot(view, settings.snapshot, { log }, signal);
  await stopped;
}
