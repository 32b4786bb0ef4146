import { Fault } from '../../../domain/fault.ts';
import type { Namespace } from '../../../domain/identity/names.ts';
import { anchorLine, type HistoryPosition } from '../../../domain/replay/anchor.ts';
import { type Millis, minutes, type Revision } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Author } from '../../transitions/record-change.ts';
import { HistoryDigest } from './history-digest.ts';

/** Anchors that a collector writes regularly. */
export interface AnchorOptions {
  readonly namespace: Namespace;
  readonly every: Millis;
  /** Keeps a line durably outside the store. @throws {Fault} if it cannot */
  readonly keep: (line: string) => Promise<unknown>;
}

/** After a failure, and while there is no event, it tries again sooner. */
const retryAfter: Millis = minutes(1);

type AnchorPorts = Pick<
  Ports,
  'audit' | 'keyframes' | 'hash' | 'signatures' | 'clock' | 'log' | 'metrics'
>;

/** The history up to this position as an anchor, signed by the author. @throws {Fault} `store-unavailable` */
export async function anchorOf(
  { actor: by, signer }: Author,
  position: HistoryPosition,
  namespace: Namespace,
  { audit, clock, signatures }: Pick<Ports, 'audit' | 'clock' | 'signatures'>,
): Promise<string> {
  const { createdAt = null } = await audit.range();
  const about = { namespace, createdAt, at: clock.wall(), by };
  return anchorLine(position, about, signer ?? signatures.signerFor(by.run));
}

/**
 * Writes an anchor at once, and another one after each interval in which there were events. A failure is
 * logged, and it tries again: nothing else depends on anchors.
 */
export async function writeAnchors(
  author: Author,
  { namespace, every, keep }: AnchorOptions,
  ports: AnchorPorts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, metrics } = ports;
  const digest = new HistoryDigest(ports);
  let anchored: Revision = 0;
  while (!signal.aborted) {
    let pause = every;
    try {
      const position = await digest.advance(signal);
      if (position.seq > anchored) {
        await keep(await anchorOf(author, position, namespace, ports));
        anchored = position.seq;
        log.info('history-anchored', { seq: anchored });
      }
      metrics.anchored?.(anchored);
      if (anchored === 0) pause = Math.min(every, retryAfter);
    } catch (cause) {
      if (signal.aborted) return;
      if (!(cause instanceof Fault)) throw cause;
      pause = Math.min(every, retryAfter);
      log.warn('history-not-anchored', { why: cause.message });
    }
    await clock.sleep(pause, signal);
  }
}
