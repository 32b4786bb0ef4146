import { Fault } from '../../../domain/fault.ts';
import type { RestoreNote } from '../../../domain/store-history/restore-note.ts';
import { firstSequence } from '../../../domain/store-history/store-loss.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import { apiFault, askApi } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import { MissingStream } from '../connection/missing-stream.ts';
import { randomId } from '../connection/random-id.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { publish } from '../write/publish.ts';
import { readNote } from './restore-note.ts';

const renewEvery: Millis = seconds(3);
/** A restore that is silent for so long has ended or is frozen. */
const silentAfter: Millis = seconds(12);
const lookEvery: Millis = seconds(1);

interface LockOptions {
  readonly by: string;
  readonly replicas: number;
  readonly within: Millis;
  readonly signal: AbortSignal;
}

/**
 * Lets one restore of a namespace work at a time. It renews a message of a stream of its own, whose random subject only those know who may
 * ask for its settings, and each renewal expects the previous one: a restore that was frozen, and that another one has taken over from, learns this before its next
 * step. The requests that replace a stream have no condition, so `hold` comes right before each of them.
 */
export class RestoreLock implements AsyncDisposable {
  readonly #connection: SupervisedConnection;
  readonly #names: SubjectNames;
  readonly #within: Millis;
  readonly #subject: string;
  #note: RestoreNote;
  #last: Revision;
  #renewing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    connection: SupervisedConnection,
    names: SubjectNames,
    within: Millis,
    subject: string,
    note: RestoreNote,
    last: Revision,
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#within = within;
    this.#subject = subject;
    this.#note = note;
    this.#last = last;
  }

  /** @throws {Fault} `restore-running`, `store-unavailable`, `store-refused` */
  static async take(
    connection: SupervisedConnection,
    names: SubjectNames,
    { by, replicas, within, signal }: LockOptions,
  ): Promise<RestoreLock> {
    const { stream, subjectPrefix } = names.restore;
    const what = `STREAM.CREATE.${stream}`;
    // Sequences of a lock never repeat, so that no restore takes the lock of another for its own.
    const settings = { max_msgs_per_subject: 1, first_seq: firstSequence(Date.now(), 0) };
    const subjects = [subjectPrefix + randomId()];
    const config = { name: stream, subjects, num_replicas: replicas, ...settings };
    const made = await askApi(connection, what, config, { within });
    if ('error' in made && made.error.err_code !== code.nameExists) {
      const { message } = apiFault(what, made.error);
      throw new Fault('store-refused', message, {
        hint: `nothing was changed; each stream gets ${replicas} replicas: on fewer servers use --replicas 1`,
      });
    }
    // Of the restore that made the stream.
    const subject = (await streamInfo(connection, stream, within))?.config.subjects?.[0];
    if (subject === undefined) throw runningFault(names, undefined);
    const silentSince = performance.now();
    const first = await readNote(connection, names, within);
    for (let other = first; other?.hasEnded === false; ) {
      if (other.seq !== first?.seq) throw runningFault(names, other);
      if (performance.now() - silentSince > silentAfter) break;
      await sleep(lookEvery, signal);
      signal.throwIfAborted();
      other = await readNote(connection, names, within);
    }
    const last = (await readNote(connection, names, within))?.seq ?? 0;
    const note = { id: randomId(), by, since: new Date().toISOString(), hasEnded: false };
    const lock = new RestoreLock(connection, names, within, subject, note, last);
    await lock.hold().catch(async (cause) => {
      if (!(cause instanceof Fault) || cause.code !== 'restore-running') throw cause;
      throw runningFault(names, await readNote(connection, names, within));
    });
    lock.#timer = setInterval(() => void lock.hold().catch(() => {}), renewEvery);
    return lock;
  }

  /** Renews the lock. @throws {Fault} `restore-running`: another restore has taken over; `store-unavailable` */
  hold(): Promise<void> {
    const renewed = this.#renewing.then(() => this.#renew());
    this.#renewing = renewed.catch(() => {});
    return renewed;
  }

  /** The restore is complete. */
  async remove(): Promise<void> {
    clearInterval(this.#timer);
    await this.hold();
    await askApi(
      this.#connection,
      `STREAM.DELETE.${this.#names.restore.stream}`,
      {},
      { within: this.#within },
    );
  }

  async #renew(): Promise<void> {
    const headers = [['Nats-Expected-Last-Subject-Sequence', `${this.#last}`]] as const;
    const message = { subject: this.#subject, text: JSON.stringify(this.#note), headers };
    const sent = await publish(this.#connection, [message], this.#within).catch((cause) => {
      if (cause instanceof MissingStream) return undefined;
      throw cause;
    });
    if (sent?.kind === 'stored') {
      this.#last = sent.seq;
      return;
    }
    const now = await readNote(this.#connection, this.#names, this.#within);
    if (now?.id !== this.#note.id) throw takenFault(this.#names, now);
    // The reply was lost.
    this.#last = now.seq;
  }

  /** Another restore need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#note = { ...this.#note, hasEnded: true };
    await this.hold().catch(() => {});
  }
}

/** `other`: undefined if it finished in the same moment. */
const runningFault = ({ namespace }: SubjectNames, other: RestoreNote | undefined): Fault =>
  new Fault(
    'restore-running',
    other
      ? `another restore of namespace '${namespace}' is at work: by ${other.by}, since ${other.since}`
      : `another restore of namespace '${namespace}' began at the same time, and has finished`,
    {
      hint: other ? 'wait until it has finished; nothing was changed' : 'this one changed nothing',
    },
  );

const takenFault = ({ namespace }: SubjectNames, now: RestoreNote | undefined): Fault =>
  new Fault(
    'restore-running',
    `this restore of namespace '${namespace}' stood still, and another one took over${now ? `: by ${now.by}, since ${now.since}` : ' and has finished'}`,
    { hint: 'this one has changed nothing since; look at the result: rollcall doctor' },
  );
