import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault } from '../domain/fault.ts';
import type { AgentRow, InstanceRow } from '../domain/fleet/directory-rows.ts';
import type { Revision, WallTime } from '../domain/time.ts';
import type { History } from '../ports/audit.ts';
import type { Keyframes } from '../ports/keyframes.ts';
import type { Leases } from '../ports/leases.ts';
import type { ServerTime } from '../ports/server-time.ts';
import type { ReplayTarget } from '../runtime/audit/replay.ts';
import { refuseUnknown } from './known-options.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { readOption } from './options.ts';

/** The moment of a replay. */
interface ReplayMoment {
  /**
   * A time on the clock of the audit stream, or a text as `rollcall audit replay --at` takes it: `10m ago`,
   * `120` (the sequence of an event), `before:120`, the hash or the id of an event.
   */
  readonly at: Date | string;
  /** Aborts the replay; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Replays the audit of a namespace. It begins at the last keyframe before the moment. */
export interface ReplayStoreOptions extends StoreOptions, ReplayMoment {
  /** Not with `servers`. */
  readonly file?: never;
}

/** Replays a history that `rollcall audit export` wrote. It needs no server. */
export interface ReplayFileOptions extends ReplayMoment {
  /** Path of the history, as NDJSON or gzipped NDJSON. */
  readonly file: string;
  /** Not with `file`. */
  readonly servers?: never;
}

/**
 * The fleet at a past moment, as rows of the same shape as those of an open directory.
 *
 * A row is dubious as `unobserved` only if the whole history shows that no collector had a seat.
 */
export interface ReplayedFleet {
  /** The instances of one service, or of all services. */
  instances(service?: string): readonly InstanceRow[];
  /** The agents, each with its run and state at that moment. */
  agents(): readonly AgentRow[];
  /** Sequence of the last event that was replayed; 0: none. */
  readonly seq: Revision;
  /** When the audit stream stored that event, in milliseconds since 1970; 0: no event. */
  readonly at: WallTime;
  /** Texts about why this is not exactly the requested moment. Usually empty. */
  readonly caveats: readonly string[];
}

interface Source extends AsyncDisposable {
  readonly history: History;
  readonly keyframes: Keyframes | undefined;
  readonly leases: Pick<Leases, 'list'> | undefined;
  readonly serverTime: ServerTime | undefined;
}

const never = new AbortController().signal;

/**
 * Computes the fleet at a past moment from the audit history alone.
 *
 * It never creates a namespace.
 * @throws {Fault} `bad-setting` if an option breaks its rule or the file cannot be read; `not-found` if the
 * namespace or the event does not exist; `store-unavailable`, `store-refused`, `store-misconfigured`,
 * `server-too-old`
 * @example
 * ```ts
 * import { replay } from 'rollcall';
 *
 * const before = await replay({ servers: 'nats://127.0.0.1:4222', at: '10m ago' });
 * for (const { service, id, state } of before.instances('web')) {
 *   process.stdout.write(`${service}/${id} was ${state}\n`);
 * }
 * // The same from an exported file; no server is needed.
 * const exported = await replay({ file: 'audit.ndjson.gz', at: new Date('2026-11-28T12:00:00Z') });
 * process.stdout.write(`${exported.agents().length} agents\n`);
 * ```
 */
export async function replay(
  options: ReplayStoreOptions | ReplayFileOptions,
): Promise<ReplayedFleet> {
  refuseUnknown(options);
  const { signal = never } = options;
  const { fleetRows, observationAt, parseTarget, replayCaveats, replayTo } = await importReplay();
  const { hash, signatures } = systemAdapters;
  const at = parseTarget(options.at);
  await using source = await openSource(options);
  const { history, keyframes, leases } = source;
  const target = typeof at === 'string' ? await findTarget(at, source, signal) : at;
  const replayed = await replayTo(history, target, keyframes, signal, hash, signatures.check);
  const observation = await observationAt(replayed, history, { signal, leases, hash });
  const range = await history.range();
  signal.throwIfAborted();
  const { instances, agents } = fleetRows(replayed.fleet, observation);
  return {
    instances: (service) =>
      instances.filter((row) => service === undefined || row.service === service),
    agents: () => agents,
    seq: replayed.seq,
    at: replayed.at,
    caveats: replayCaveats(target, replayed, range, observation),
  };
}

/** Imports what only a replay needs, so that other programs do not load it. */
async function importReplay() {
  const [
    { fleetRows },
    { momentRule, parseMoment },
    { replayCaveats },
    { observationAt },
    { replayTo },
  ] = await Promise.all([
    import('../domain/fleet/fleet-rows.ts'),
    import('../composition/time/moment-expression.ts'),
    import('../composition/time/replay-caveats.ts'),
    import('../runtime/audit/observation-at.ts'),
    import('../runtime/audit/replay.ts'),
  ]);
  const rule = { error: `a Date, or ${momentRule}` };
  const At = z.union(
    [
      z.date().transform((date) => ({ at: date.getTime() })),
      z.string().refine((text) => parseMoment(text, 0) !== undefined, rule),
    ],
    rule,
  );
  return {
    fleetRows,
    observationAt,
    replayCaveats,
    replayTo,
    parseTarget: (at: unknown) => readOption('at', At, at),
  };
}

async function findTarget(
  expression: string,
  { history, serverTime }: Pick<Source, 'history' | 'serverTime'>,
  signal: AbortSignal,
): Promise<ReplayTarget> {
  const { findMoment } = await import('../composition/time/find-moment.ts');
  // `10m ago` is by the clock of the server that has the history.
  const now = serverTime ? await serverTime.now() : systemAdapters.clock.wall();
  try {
    return await findMoment('at', expression, history, { now, signal });
  } catch (cause) {
    // An aborted search ends early, so `not-found` may be wrong.
    signal.throwIfAborted();
    throw cause;
  }
}

async function openSource(options: ReplayStoreOptions | ReplayFileOptions): Promise<Source> {
  if (options.file === undefined) {
    const { ports, [Symbol.asyncDispose]: close } = await openPorts(options, 'replay', 'require');
    const { audit: history, keyframes, leases, serverTime } = ports;
    return { history, keyframes, leases, serverTime, [Symbol.asyncDispose]: close };
  }
  if (options.servers !== undefined) {
    throw new Fault('bad-setting', 'file and servers cannot be combined: give one of them');
  }
  const file = readOption('file', z.string().min(1), options.file);
  const { historyFile } = await import('../composition/files.ts');
  return {
    history: historyFile(file),
    keyframes: undefined,
    leases: undefined,
    serverTime: undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}
