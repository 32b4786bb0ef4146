import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { apiFault, askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { ApiMessage } from '../connection/message.ts';
import { fromApi } from '../connection/message.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { compareSettings, type Finding, formatFinding } from './compare-settings.ts';
import { isStreamInfo } from './stream-info.ts';
import { desiredStreams, type Settings } from './stream-settings.ts';

/** Atomic batches and per-key TTLs: the level of nats-server 2.12. */
const apiLevel = 2;

/** The most messages that one commit stores: an event may be the first of them. */
const longestCommit = 1000;

export interface StreamOptions {
  readonly names: SubjectNames;
  /** Copies of each stream, where this process creates it. */
  readonly replicas: number;
  readonly within: Millis;
}

export interface EnsureOptions extends StreamOptions {
  /** Whether streams that are not there are made; otherwise that is a Fault. */
  readonly create: boolean;
}

/**
 * Makes sure that the streams exist and can be trusted; two processes at once both succeed.
 *
 * A stream that is already there is never altered: somebody chose its settings. Keyframes came later
 * than the rest: a namespace that is whole but for them is there, and gets them from whoever may.
 * @returns the settings that differ and harm nobody
 * @throws {Fault} `store-misconfigured` naming every setting with which a promise would break,
 *   `not-found` where a stream is missing and is not to be made, `store-refused` where we may not
 */
export async function ensureStreams(
  link: SupervisedConnection,
  options: EnsureOptions,
): Promise<readonly Finding[]> {
  const { leases, registry, audit, keyframes } = desiredStreams(options.names, options.replicas);
  const there = new Map<string, StreamInfo>();
  for (const { name } of [leases, registry, audit, keyframes]) {
    const info = await streamInfo(link, name, options.within);
    if (info !== undefined) there.set(name, info);
  }
  const missing = [leases, registry, audit].filter(({ name }) => !there.has(name));
  if (!options.create && missing.length > 0) {
    throw missingFault(
      missing.map(({ name }) => name),
      there,
      options.names,
    );
  }
  const found = async (wanted: Named) =>
    compareSettings((there.get(wanted.name) ?? (await make(link, wanted, options))).config, wanted);
  const findings = [
    ...(await found(leases)),
    ...(await found(registry)),
    ...(await found(audit)),
    ...(await found(keyframes)),
  ];
  const dangerous = findings.filter((finding) => finding.dangerous);
  if (dangerous.length === 0) return findings;
  throw new Fault('store-misconfigured', dangerous.map(formatFinding).join('; '), {
    hint: 'change the setting, or use another --namespace; `rollcall doctor` lists them all',
  });
}

/** What is wrong with the streams as they are; a missing one is a finding on its `name`. */
export async function inspectStreams(
  link: SupervisedConnection,
  options: StreamOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const wanted of Object.values(desiredStreams(options.names, options.replicas))) {
    const info = await streamInfo(link, wanted.name, options.within);
    if (info !== undefined) findings.push(...compareSettings(info.config, wanted));
    else {
      const missing = { setting: 'name', found: null, wanted: wanted.name, dangerous: true };
      findings.push({ stream: wanted.name, ...missing });
    }
  }
  return findings;
}

/**
 * A stream as its leader knows it; undefined: there is none.
 * @throws {Fault} `store-unavailable`, also where the answer says no such thing; `store-refused`
 */
export async function streamInfo(
  link: SupervisedConnection,
  stream: string,
  within: Millis,
  signal?: AbortSignal,
): Promise<StreamInfo | undefined> {
  const what = `STREAM.INFO.${stream}`;
  const answer = await askApi<unknown>(link, what, {}, { within, signal });
  if ('ok' in answer) return readInfo(what, answer.ok);
  if (answer.error.err_code === code.streamNotFound) return undefined;
  throw apiFault(what, answer.error);
}

function readInfo(what: string, answer: unknown): StreamInfo {
  if (isStreamInfo(answer)) return answer;
  throw new Fault('store-unavailable', `${what}: the answer cannot be read`);
}

type Named = Settings & { readonly name: string };

function missingFault(
  missing: readonly string[],
  there: ReadonlyMap<string, unknown>,
  { namespace }: SubjectNames,
): Fault {
  if (there.size === 0) {
    return new Fault('not-found', `there is no namespace '${namespace}' here`, {
      hint: 'is it spelled right? an agent, a collector or `rollcall up` makes it when it starts',
    });
  }
  const what = `namespace '${namespace}' lacks ${missing.join(', ')}`;
  return new Fault('not-found', what, {
    hint: 'was it deleted? an agent or a collector makes it again when it starts',
  });
}

/** The registry's first sequence is chosen, so that no revision is ever handed out twice. */
async function make(
  link: SupervisedConnection,
  wanted: Named,
  options: EnsureOptions,
): Promise<StreamInfo> {
  const { names, within } = options;
  if (wanted.name !== names.registry.stream) return create(link, wanted, options);
  const first_seq = firstSequence(Date.now(), await lastAudited(link, names.auditStream, within));
  return create(link, { ...wanted, first_seq }, options);
}

/**
 * Where a new registry starts: above all that an earlier one may have handed out, by the clock, and by
 * the audit where the clock has gone back. The audit knows the sequences of events only, and a
 * commit's records may come after its events.
 */
export const firstSequence = (now: Millis, lastAuditedSequence: Revision): Revision =>
  Math.max(now * 1000, lastAuditedSequence + longestCommit);

async function lastAudited(
  link: SupervisedConnection,
  audit: string,
  within: Millis,
): Promise<Revision> {
  const info = await streamInfo(link, audit, within);
  if (info === undefined || info.state.messages === 0) return 0;
  const what = `STREAM.MSG.GET.${audit}`;
  const request = { seq: info.state.last_seq };
  const answer = await askApi<{ message: ApiMessage }>(link, what, request, { within });
  const last = fromApi(expectOk(what, answer).message);
  return Number(last.header('Nats-Stream-Source')?.split(' ')[1] ?? 0);
}

async function create(
  link: SupervisedConnection,
  wanted: Named,
  { names, within }: EnsureOptions,
): Promise<StreamInfo> {
  const what = `STREAM.CREATE.${wanted.name}`;
  const answer = await askApi<unknown>(link, what, wanted, { within, level: apiLevel }).catch(
    (cause: unknown) => {
      throw cause instanceof Fault && cause.code === 'store-refused'
        ? notAllowed(wanted, names, cause)
        : cause;
    },
  );
  if ('ok' in answer) return readInfo(what, answer.ok);
  // Somebody else was first, with another first sequence or other settings: look at theirs.
  if (answer.error.err_code === code.nameExists) {
    const theirs = await streamInfo(link, wanted.name, within);
    if (theirs !== undefined) return theirs;
  }
  throw new Fault(
    'store-misconfigured',
    `stream ${wanted.name} cannot be created: ${answer.error.description} (${answer.error.err_code})`,
    { hint: 'is JetStream large enough, and are there as many servers as replicas?' },
  );
}

const notAllowed = ({ name }: Named, { namespace }: SubjectNames, cause: Fault): Fault =>
  new Fault(
    'store-refused',
    `stream ${name} of namespace '${namespace}' is missing, and this user may not make it`,
    {
      cause,
      hint: 'a user who may create streams makes it with any command: rollcall ps (docs/operations.md)',
    },
  );
