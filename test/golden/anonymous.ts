import { hashEvent } from '../../src/domain/events/hash-chain.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';

const hash = /\b[0-9a-f]{64}\b/g;

/**
 * A history with these texts replaced in every event, and the hashes in it made anew: of the machine
 * that it was recorded on nothing is left. An event names only hashes of events before it.
 */
export function* anonymous(
  events: Iterable<StoredEvent>,
  replaced: Readonly<Record<string, string>>,
): Generator<StoredEvent> {
  const hashes = new Map<string, string>();
  for (const event of events) {
    let text = event.text.replaceAll(hash, (old) => hashes.get(old) ?? old);
    for (const [was, now] of Object.entries(replaced)) text = text.replaceAll(was, now);
    hashes.set(hashEvent(event.text), hashEvent(text));
    yield { ...event, text };
  }
}
