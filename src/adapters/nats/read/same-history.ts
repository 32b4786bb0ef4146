import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision, WallTime } from '../../../domain/time.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readLast } from './leader-read.ts';
import type { Delivered } from './supervised-consumer.ts';

/** How many messages are kept. Each is read at most once when a watch resumes. */
const kept = 8;

interface Witness {
  readonly subject: string;
  readonly seq: Revision;
  readonly storedAt: WallTime;
  readonly text: string;
}

/**
 * The last messages that a watch delivered, with which it proves that the stream's leader still has the
 * history that the watch has reported.
 *
 * The creation time and the last sequence of a stream do not prove that: a stream that lost its tail (its
 * store was restored from an older copy, or power failed before a sync) and grew past the watch has the
 * same creation time and a higher sequence. The proof is a message that is still stored as it was
 * delivered: a log that has it has everything before it. A full snapshot needs no proof, but after the
 * death of a server all consumers of a fleet would take one in the same second. With 10 000 records and
 * 2000 consumers those are 126 s of the server's CPU; the proofs are 0.6 s (63 ms and 0.3 ms each,
 * measured on 2 shared cores, Node 26.10, nats-server 2.15.1).
 */
export class DeliveredMessages {
  /** The oldest first. */
  #last: Witness[] = [];
  /** Whether earlier messages were delivered than those that are kept. */
  #isCut = false;

  add(messages: readonly Pick<Delivered, 'msg' | 'seq' | 'storedAt'>[]): void {
    this.#isCut ||= this.#last.length + messages.length > kept;
    const added = messages.slice(-kept).map(({ msg, seq, storedAt }) => ({
      subject: msg.subject,
      seq,
      storedAt,
      text: msg.string(),
    }));
    this.#last = [...this.#last, ...added].slice(-kept);
  }

  /** Whether this is one of the kept messages, delivered again. */
  includes(seq: Revision): boolean {
    return this.#last.some((witness) => witness.seq === seq);
  }

  /**
   * The sequence from which a watch that has reported everything up to `upTo` can resume: everything up to
   * it is unchanged, and every later message will be delivered. `other`: the stream has another history.
   * `unproven`: all kept messages have been overwritten, or this connection may not read them.
   *
   * Reads the present message of each kept subject at the leader, the newest first, until one is the
   * delivered one. A subject that was rewritten after `upTo` will be delivered again; one that was not
   * rewritten and has not the delivered message proves another history.
   * @throws {Fault} `store-unavailable`
   */
  async provenAt(
    connection: SupervisedConnection,
    stream: string,
    upTo: Revision,
    within: Millis,
  ): Promise<Revision | 'other' | 'unproven'> {
    const read = new Set<string>();
    for (const witness of this.#last.toReversed()) {
      if (read.has(witness.subject)) continue;
      read.add(witness.subject);
      const present = await readOrRefused(connection, stream, witness.subject, within);
      if (present === 'refused') return 'unproven';
      if (present === undefined) return 'other';
      if (present.seq > upTo) continue;
      const isSame =
        present.seq === witness.seq &&
        present.storedAt === witness.storedAt &&
        present.text === witness.text;
      return isSame ? witness.seq : 'other';
    }
    // Without an earlier message, a consumer that starts at the first sequence delivers everything.
    return this.#isCut ? 'unproven' : 0;
  }
}

async function readOrRefused(
  connection: SupervisedConnection,
  stream: string,
  subject: string,
  within: Millis,
) {
  try {
    return await readLast(connection, stream, subject, within);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'store-refused') return 'refused';
    throw cause;
  }
}
