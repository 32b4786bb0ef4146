import { z } from 'zod';
import { findMoment } from '../composition/find-moment.ts';
import { momentRule, parseMoment } from '../composition/moment-expression.ts';
import { replayCaveats } from '../composition/replay-caveats.ts';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault } from '../domain/fault.ts';
import type { AgentRow, InstanceRow } from '../domain/fleet/directory-rows.ts';
import { fleetRows } from '../domain/fleet/fleet-rows.ts';
import type { Revision, WallTime } from '../domain/time.ts';
import type { History } from '../ports/audit.ts';
import type { Keyframes } from '../ports/keyframes.ts';
import type { ReplayTarget } from '../runtime/audit/replay.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { readOption } from './options.ts';

interface ReplayMoment {
  /**
   * A time by the audit's clock, or a moment as `rollcall audit replay --at` takes it: `10m ago`, `120`
   * (an event's place), `before:120`.
   */
  readonly at: Date | string;
  /** Ends the replaying, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The audit of a namespace; its keyframes make it short. */
export interface ReplayStoreOptions extends StoreOptions, ReplayMoment {
  readonly file?: never;
}

/** A history that `rollcall audit export` wrote, gzipped or not; no server is asked. */
export interface ReplayFileOptions extends ReplayMoment {
  readonly file: string;
  readonly servers?: never;
}

/** The fleet as it was; the rows are those that an open directory gives, as nobody doubted them. */
export interface ReplayedFleet {
  /** The instances of one service, or all. */
  instances(service?: string): readonly InstanceRow[];
  agents(): readonly AgentRow[];
  /** The last event that is in it, and when the audit stored it; 0: none. */
  readonly seq: Revision;
  readonly at: WallTime;
  /** Why it is not quite the moment that was asked for, in words; nearly always nothing. */
  readonly caveats: readonly string[];
}

interface Source extends AsyncDisposable {
  readonly history: History;
  readonly keyframes: Keyframes | undefined;
}

const never = new AbortController().signal;

const rule = { error: `a Date, or ${momentRule}` };

const At = z.union(
  [
    z.date().transform((date) => ({ at: date.getTime() })),
    z.string().refine((text) => parseMoment(text, 0) !== undefined, rule),
  ],
  rule,
);

/**
 * The fleet as it was at a moment, from its history alone.
 *
 * A namespace that is not there is not made.
 * @throws {Fault} `bad-setting`, `not-found`, `store-unavailable`
 */
export async function replay(
  options: ReplayStoreOptions | ReplayFileOptions,
): Promise<ReplayedFleet> {
  const asked = readOption('at', At, options.at);
  const { signal = never } = options;
  const { replayTo } = await import('../runtime/audit/replay.ts');
  await using source = await sourceOf(options);
  const { history, keyframes } = source;
  const moment = await momentOf(asked, history, signal);
  const replayed = await replayTo(history, moment, keyframes, signal, systemAdapters.hash);
  const range = await history.range();
  signal.throwIfAborted();
  const { instances, agents } = fleetRows(replayed.fleet);
  return {
    instances: (service) =>
      instances.filter((row) => service === undefined || row.service === service),
    agents: () => agents,
    seq: replayed.seq,
    at: replayed.at,
    caveats: replayCaveats(moment, replayed, range),
  };
}

async function momentOf(
  asked: z.output<typeof At>,
  history: History,
  signal: AbortSignal,
): Promise<ReplayTarget> {
  if (typeof asked !== 'string') return asked;
  try {
    return await findMoment('at', asked, history, { now: systemAdapters.clock.wall(), signal });
  } catch (cause) {
    // What was not found may only not have been looked for.
    signal.throwIfAborted();
    throw cause;
  }
}

async function sourceOf(options: ReplayStoreOptions | ReplayFileOptions): Promise<Source> {
  if (options.file === undefined) {
    const { ports, [Symbol.asyncDispose]: close } = await openPorts(options, 'replay', false);
    return { history: ports.audit, keyframes: ports.keyframes, [Symbol.asyncDispose]: close };
  }
  if (options.servers !== undefined) {
    throw new Fault('bad-setting', 'file, servers: a history is in one of them');
  }
  const file = readOption('file', z.string().min(1), options.file);
  const { historyFile } = await import('../composition/files.ts');
  return {
    history: historyFile(file),
    keyframes: undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}
