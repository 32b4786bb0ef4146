import type { Message } from '../../../src/adapters/memory/server/stream.ts';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
} from '../../../src/domain/records/stored-record.ts';

const keyOf = (subject: string) => subject.slice(recordSubject('').length);

/** Reads each message once: while a fleet settles, its records are compared over and over. */
function readOnce<R>(read: (entry: KeyValueEntry) => RecordRead<R>) {
  const known = new WeakMap<Message, RecordRead<R>>();
  return (message: Message): RecordRead<R> => {
    const { subject, seq, text } = message;
    const found = known.get(message) ?? read({ key: keyOf(subject), revision: seq, text });
    known.set(message, found);
    return found;
  };
}

export const agentIn = readOnce(readAgent);
export const instanceIn = readOnce(readInstance);
