import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import { hashEvent } from '../../../domain/events/hash-chain.ts';
import { Fault } from '../../../domain/fault.ts';
import type { HistoryPosition } from '../../../domain/replay/anchor.ts';
import type { Ports } from '../../../ports/ports.ts';
import { latestSignedKeyframe } from '../keyframes/signed-keyframes.ts';

type DigestPorts = Pick<Ports, 'audit' | 'keyframes' | 'hash' | 'signatures'>;

/** The digest over the events of a history, continued with each call. */
export class HistoryDigest {
  readonly #ports: DigestPorts;
  #position: HistoryPosition | undefined;

  constructor(ports: DigestPorts) {
    this.#ports = ports;
  }

  /**
   * Reads on to the present end; sequence 0 if there is no event. The first call begins at the latest
   * signed keyframe.
   * @throws {Fault} `store-unavailable`; `not-found` if the history was trimmed and no keyframe joins on to
   *   it
   */
  async advance(signal: AbortSignal): Promise<HistoryPosition> {
    const { audit, hash = hashEvent } = this.#ports;
    let { seq, events, digest } = this.#position ?? (await this.#start());
    for await (const stored of audit.read(seq + 1)) {
      signal.throwIfAborted();
      const recorded = parseAuditEvent(stored, hash);
      events += 1;
      seq = stored.seq;
      if (recorded.kind === 'event') digest = hash(digest + recorded.hash);
    }
    this.#position = { seq, events, digest };
    return this.#position;
  }

  async #start(): Promise<HistoryPosition> {
    const keyframe = await latestSignedKeyframe(this.#ports);
    const { first } = await this.#ports.audit.range();
    if (keyframe && keyframe.checkpoint.seq >= first - 1) return keyframe.checkpoint;
    if (first <= 1) return { seq: 0, events: 0, digest: '' };
    throw new Fault(
      'not-found',
      `the history begins at ${first}, and no signed keyframe covers the events before it`,
      {
        hint: 'start a collector: it writes a keyframe, or says why not',
      },
    );
  }
}
