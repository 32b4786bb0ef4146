import { Fault } from '../../../domain/fault.ts';
import { tombstoneTtl } from '../../../domain/policy/lease-policy.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import type { Commit, CommitOutcome, EventWrite, Fence, Write } from '../../../ports/registry.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { type Message, publish } from './publish.ts';

const expectLast = 'Nats-Expected-Last-Subject-Sequence';

/**
 * One commit, as one atomic batch; a single message needs none and is 20 times as fast on one server
 * (B12).
 * @throws {Fault} `store-refused`, `store-misconfigured`: not stored, and trying again is no use
 */
export async function commit(
  link: SupervisedConnection,
  names: SubjectNames,
  wanted: Commit,
  within: Millis,
): Promise<CommitOutcome> {
  const messages = messagesOf(names, wanted);
  const published = await publish(link, messages, within);
  if (published.kind === 'conflict') return { outcome: 'conflict' };
  if (published.kind !== 'stored') return { outcome: published.kind, why: published.why };
  const first = published.seq - wanted.writes.length - wanted.events.length + 1;
  const revisions = new Map<string, Revision>();
  for (const [index, { key }] of wanted.writes.entries()) revisions.set(key, first + index);
  return { outcome: 'committed', revisions };
}

/**
 * The writes in their order, then the events in theirs.
 *
 * An event has no expectation of its own: a message can carry one, and that is a fence's. That no
 * event is overwritten is due to the record that holds its number and has its own compare-and-set.
 * Fences that find no event to carry them come first, each on a message of its own: what counts
 * revisions relies on the writes standing right before the events (src/domain/replay/fold.ts).
 */
export function messagesOf(names: SubjectNames, wanted: Commit): readonly Message[] {
  const { writes, events, fences = [] } = wanted;
  const carriers = fences.slice(events.length);
  if (writes.length + events.length + carriers.length > 1000) {
    throw new Fault('store-refused', 'a commit has at most 1000 writes, and events or fences');
  }
  return [
    ...carriers.map((fence, index) => ({
      ...{ subject: `${names.fencePrefix}${index}`, text: '' },
      headers: carrying(names, fence),
    })),
    ...writes.map((write) => writeMessage(names, write)),
    ...events.map((event, index) => eventMessage(names, event, fences[index])),
  ];
}

/** A removal has no rollup header, which our streams refuse (B8): the history is 1 anyway. */
function writeMessage(
  names: SubjectNames,
  { key, expectedRevision: expect, text }: Write,
): Message {
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

function eventMessage(names: SubjectNames, event: EventWrite, fence: Fence | undefined): Message {
  const carried = fence === undefined ? [] : carrying(names, fence);
  return { subject: names.eventPrefix + event.subject, text: event.text, headers: carried };
}

const carrying = (
  names: SubjectNames,
  { key, expectedRevision: expect }: Fence,
): Message['headers'] => [
  [expectLast, `${expect}`],
  [`${expectLast}-Subject`, names.registry.prefix + key],
];
