import { Fault } from '../../domain/fault.ts';
import { tombstoneTtl } from '../../domain/policy.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Commit, EventWrite, Fence, Outcome, Write } from '../../ports/registry.ts';
import type { Link } from './link.ts';
import type { Names } from './names.ts';
import { type Message, publish } from './publish.ts';

const expectLast = 'Nats-Expected-Last-Subject-Sequence';

/**
 * One commit, as one atomic batch; a single message needs none and is 20 times as fast on one server
 * (B12).
 * @throws {Fault} `store-refused`, `store-misconfigured`: not stored, and trying again is no use
 */
export async function commit(
  link: Link,
  names: Names,
  wanted: Commit,
  within: Millis,
): Promise<Outcome> {
  const messages = messagesOf(names, wanted);
  const published = await publish(link, messages, within);
  if (published.kind === 'conflict') return { outcome: 'conflict' };
  if (published.kind !== 'stored') return { outcome: published.kind, why: published.why };
  const first = published.seq - messages.length + 1;
  const revisions = new Map<string, Revision>();
  for (const [index, { key }] of wanted.writes.entries()) revisions.set(key, first + index);
  return { outcome: 'committed', revisions };
}

/**
 * The writes in their order, then the events in theirs.
 *
 * An event has no expectation of its own: a message can carry one, and that is the fence's. That no
 * event is overwritten is due to the record that holds its number and has its own compare-and-set.
 */
export function messagesOf(names: Names, wanted: Commit): readonly Message[] {
  const { writes, events, fences = [] } = wanted;
  if (fences.length > events.length) {
    throw new Fault('store-refused', `${fences.length} fences need as many events to carry them`);
  }
  if (writes.length + events.length > 1000) {
    throw new Fault('store-refused', 'a commit has at most 1000 writes and events');
  }
  return [
    ...writes.map((write) => writeMessage(names, write)),
    ...events.map((event, index) => eventMessage(names, event, fences[index])),
  ];
}

/** A removal has no rollup header, which our streams refuse (B8): the history is 1 anyway. */
function writeMessage(names: Names, { key, expect, text }: Write): Message {
  const own: Message['headers'] = [[expectLast, `${expect}`]];
  const tombstone: Message['headers'] = [
    ['KV-Operation', 'PURGE'],
    ['Nats-TTL', `${tombstoneTtl / 1000}s`],
  ];
  return {
    subject: names.registry.prefix + key,
    text: text ?? '',
    headers: text === undefined ? [...tombstone, ...own] : own,
  };
}

function eventMessage(names: Names, event: EventWrite, fence: Fence | undefined): Message {
  const carried: Message['headers'] =
    fence === undefined
      ? []
      : [
          [expectLast, `${fence.expect}`],
          [`${expectLast}-Subject`, names.registry.prefix + fence.key],
        ];
  return { subject: names.eventPrefix + event.subject, text: event.text, headers: carried };
}
