import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import { firstSequence } from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { apiFault, askApi } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { compareSettings, formatFinding, type SettingMismatch } from './compare-settings.ts';
import { messageAt, originOf } from './last-event.ts';
import { refuseOtherDomain } from './namespace-domain.ts';
import { refuseUnknownFormat } from './namespace-format.ts';
import { refuseRestoring } from './restoring.ts';
import { isStreamInfo } from './stream-info.ts';
import { desiredStreams, type Settings } from './stream-settings.ts';

/** The API level of nats-server 2.12, with atomic batches and per-key TTLs. */
const apiLevel = 2;

export interface StreamOptions {
  readonly names: SubjectNames;
  /** Replicas of each stream that this process creates. */
  readonly replicas: number;
  readonly within: Millis;
  /** Whether the user named the JetStream domain. */
  readonly isDomainGiven?: boolean;
}

export interface EnsureOptions extends StreamOptions {
  /** Whether to create missing streams; otherwise a missing stream is a Fault. */
  readonly create: boolean;
}

/**
 * Ensures that the streams exist and have safe settings. Two processes may do so at the same time.
 *
 * An existing stream is never changed: an operator chose its settings. The keyframes bucket was added
 * in a later version: a namespace that lacks only this bucket exists, and the first client with
 * permission creates it.
 * `existing`: the streams that exist, if they have been asked for.
 * @returns the settings that differ without breaking a guarantee
 * @throws {Fault} `store-too-new`, `store-misconfigured` with every setting that breaks a guarantee,
 *   `store-unavailable` also while a restore replaces the streams, `not-found` if a stream is missing and `create` is false, `store-refused` if we may not create it
 */
export async function ensureStreams(
  connection: SupervisedConnection,
  options: EnsureOptions,
  existing?: ExistingStreams,
): Promise<readonly SettingMismatch[]> {
  return ensureAll(connection, options, existing ?? (await existingStreams(connection, options)));
}

async function ensureAll(
  connection: SupervisedConnection,
  options: EnsureOptions,
  existing: ExistingStreams,
): Promise<readonly SettingMismatch[]> {
  const { leases, registry, audit, keyframes } = desiredStreams(options.names, options.replicas);
  const marked = existing.get(registry.name);
  if (marked) refuseUnknownFormat(marked.config, options.names.namespace);
  refuseRestoring(
    options.names.namespace,
    [...existing.values()].map(({ config }) => config),
  );
  const missing = [leases, registry, audit].filter(({ name }) => !existing.has(name));
  const isAbsent = existing.size === 0;
  if (isAbsent && !options.isDomainGiven) {
    await refuseOtherDomain(connection, options.names, options.create, options.within);
  }
  if (!options.create && missing.length > 0) {
    throw missingFault(
      missing.map(({ name }) => name),
      existing,
      options.names,
    );
  }
  const found = async (wanted: Named) =>
    compareSettings(
      (existing.get(wanted.name) ?? (await createMissing(connection, wanted, options))).config,
      wanted,
    );
  const findings = [
    ...(await found(leases)),
    ...(await found(registry)),
    ...(await found(audit)),
    ...(await found(keyframes)),
  ];
  const dangerous = findings.filter((finding) => finding.dangerous);
  if (dangerous.length === 0) return findings;
  throw new Fault('store-misconfigured', dangerous.map(formatFinding).join('; '), {
    hint: 'change these settings of the stream, or use another --namespace; `rollcall doctor` lists all differences',
  });
}

/** The names of the streams that do not exist. @throws {Fault} `store-unavailable`, `store-refused` */
export async function missingStreams(
  connection: SupervisedConnection,
  options: StreamOptions,
): Promise<readonly string[]> {
  const existing = await existingStreams(connection, options);
  return namesOf(options).filter((name) => !existing.has(name));
}

/** The states of streams, by name. */
export type ExistingStreams = ReadonlyMap<string, StreamInfo>;

const namesOf = ({ names, replicas }: StreamOptions): readonly string[] =>
  Object.values(desiredStreams(names, replicas)).map(({ name }) => name);

/** The streams of the namespace that exist, all asked for at once. @throws {Fault} `store-unavailable`, `store-refused` */
export async function existingStreams(
  connection: SupervisedConnection,
  options: StreamOptions,
): Promise<ExistingStreams> {
  const existing = new Map<string, StreamInfo>();
  const ask = async (name: string) => {
    const info = await streamInfo(connection, name, options.within);
    if (info !== undefined) existing.set(name, info);
  };
  await Promise.all(namesOf(options).map(ask));
  return existing;
}

/** All settings that differ now. A missing stream is a finding on its `name`. */
export async function inspectStreams(
  connection: SupervisedConnection,
  options: StreamOptions,
): Promise<readonly SettingMismatch[]> {
  const findings: SettingMismatch[] = [];
  for (const wanted of Object.values(desiredStreams(options.names, options.replicas))) {
    const info = await streamInfo(connection, wanted.name, options.within);
    if (info !== undefined) findings.push(...compareSettings(info.config, wanted));
    else {
      const missing = { setting: 'name', found: null, wanted: wanted.name, dangerous: true };
      findings.push({ stream: wanted.name, ...missing });
    }
  }
  return findings;
}

/**
 * The state of a stream, from its leader; undefined if it does not exist. `below`: with the subjects that match.
 * @throws {Fault} `store-unavailable`, also if the reply has an unknown form; `store-refused`
 */
export async function streamInfo(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
  signal?: AbortSignal,
  below?: string,
): Promise<StreamInfo | undefined> {
  const what = `STREAM.INFO.${stream}`;
  const request = below === undefined ? {} : { subjects_filter: below };
  const answer = await askApi<unknown>(connection, what, request, { within, signal });
  if ('ok' in answer) return readInfo(what, answer.ok);
  if (answer.error.err_code === code.streamNotFound) return undefined;
  throw apiFault(what, answer.error);
}

function readInfo(what: string, answer: unknown): StreamInfo {
  if (isStreamInfo(answer)) return answer;
  throw new Fault('store-unavailable', `${what}: the reply is not the state of a stream`);
}

type Named = Settings & { readonly name: string };

function missingFault(
  missing: readonly string[],
  existing: ReadonlyMap<string, unknown>,
  { namespace }: SubjectNames,
): Fault {
  if (existing.size === 0) {
    return new Fault('not-found', `there is no namespace '${namespace}' on this server`, {
      hint: 'check the spelling; an agent, a collector or `rollcall up` creates a namespace when it starts',
    });
  }
  const what = `namespace '${namespace}' lacks ${missing.join(', ')}`;
  return new Fault('not-found', what, {
    hint: 'it may have been deleted; an agent or a collector creates it again when it starts',
  });
}

/** The first sequence of a registry is chosen so that no revision is ever used twice. */
async function createMissing(
  connection: SupervisedConnection,
  wanted: Named,
  options: EnsureOptions,
): Promise<StreamInfo> {
  const { names, within } = options;
  if (wanted.name !== names.registry.stream) return create(connection, wanted, options);
  const first_seq = firstSequence(Date.now(), await lastAudited(connection, names, within));
  return create(connection, { ...wanted, first_seq }, options);
}

async function lastAudited(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<Revision> {
  const info = await streamInfo(connection, names.auditStream, within);
  if (info === undefined || info.state.messages === 0) return 0;
  const seq = info.state.last_seq;
  return originOf(await messageAt(connection, names.auditStream, { seq }, within), names.registry);
}

async function create(
  connection: SupervisedConnection,
  wanted: Named,
  { names, within }: EnsureOptions,
): Promise<StreamInfo> {
  const what = `STREAM.CREATE.${wanted.name}`;
  const answer = await askApi<unknown>(connection, what, wanted, { within, level: apiLevel }).catch(
    (cause: unknown) => {
      throw cause instanceof Fault && cause.code === 'store-refused'
        ? notAllowed(wanted, names, cause)
        : cause;
    },
  );
  if ('ok' in answer) return readInfo(what, answer.ok);
  // Another process created it first, with another first sequence or other settings: check that one.
  if (answer.error.err_code === code.nameExists) {
    const theirs = await streamInfo(connection, wanted.name, within);
    if (theirs !== undefined) return theirs;
  }
  throw new Fault(
    'store-misconfigured',
    `stream ${wanted.name} cannot be created: ${answer.error.description} (${answer.error.err_code})`,
    {
      hint: 'check the storage limits of JetStream, and that there are as many servers as replicas',
    },
  );
}

const notAllowed = ({ name }: Named, { namespace }: SubjectNames, cause: Fault): Fault =>
  new Fault(
    'store-refused',
    `stream ${name} of namespace '${namespace}' is missing, and this user may not create it`,
    {
      cause,
      hint: 'run `rollcall namespace create` once, as a user who may create streams (docs/how-to/permissions.md)',
    },
  );
