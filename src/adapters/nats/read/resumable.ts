import type { StreamInfo } from '@nats-io/jetstream';
import type { Millis, Revision, WallTime } from '../../../domain/time.ts';
import { serverTimeOf } from '../streams/stream-info.ts';

/** How far a watch has reported, and on which stream. */
export interface Position {
  readonly upTo: Revision;
  /** Differs after the stream was recreated under the same name. */
  readonly created: string;
  /** When the server last answered, by its own clock. */
  readonly answeredAt: WallTime;
}

/**
 * Why a watch cannot resume behind its position, by the present state of the stream alone; undefined: nothing
 * is known against it.
 *
 * The server ends a tombstone by its own wall clock. If that clock was set forward while the watch was
 * interrupted, a removal may have left no trace, however short the interruption was.
 */
export function whyNotResumable(
  { upTo, created, answeredAt }: Position,
  info: StreamInfo,
  forgetAfter: Millis,
): string | undefined {
  if (created !== info.created) return 'the stream was recreated';
  if (upTo > info.state.last_seq) return 'the stream lost its last messages';
  if (upTo < (info.config.first_seq ?? 0) - 1) return 'the stream begins after the last position';
  const passed = serverTimeOf(info) - answeredAt;
  if (passed <= forgetAfter) return undefined;
  return `${Math.round(passed / 1000)} s have passed by the clock of the server`;
}
