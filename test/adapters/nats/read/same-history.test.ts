import type { Msg } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { code } from '../../../../src/adapters/nats/connection/jetstream-errors.ts';
import type {
  Reply,
  SupervisedConnection,
} from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { DeliveredMessages } from '../../../../src/adapters/nats/read/same-history.ts';
import { Fault } from '../../../../src/domain/fault.ts';

interface Stored {
  readonly seq: number;
  readonly text?: string;
  readonly at?: number;
}

/** A leader that has these messages, each the last one of its subject, and what was asked of it. */
function leaderWith(stored: Record<string, Stored>) {
  const asked: string[] = [];
  const request = async (_: string, body: string): Promise<Reply> => {
    const subject: string = JSON.parse(body).last_by_subj;
    asked.push(subject);
    const found = stored[subject];
    const message = found && {
      subject,
      seq: found.seq,
      data: Buffer.from(found.text ?? subject).toString('base64'),
      time: new Date(found.at ?? found.seq).toISOString(),
    };
    const error = { code: 404, err_code: code.noMessage, description: 'no message found' };
    const reply = message ? { message } : { error };
    return { kind: 'received', msg: { string: () => JSON.stringify(reply) } as Msg };
  };
  const connection = { up: true, client: { isClosed: () => false }, request };
  return { asked, connection: connection as unknown as SupervisedConnection };
}

/** A watch to which these were delivered: the sequence of each subject. */
function deliveredTo(messages: readonly (readonly [string, number])[]): DeliveredMessages {
  const delivered = new DeliveredMessages();
  for (const [subject, seq] of messages) {
    delivered.add([{ msg: { subject, string: () => subject } as Msg, seq, storedAt: seq }]);
  }
  return delivered;
}

const prove = (
  messages: readonly (readonly [string, number])[],
  stored: Record<string, Stored>,
  upTo: number,
) => deliveredTo(messages).provenAt(leaderWith(stored).connection, 'S', upTo, 1000);

test('the last delivered message, still stored, proves the history with one read', async () => {
  const { connection, asked } = leaderWith({ a: { seq: 1 }, b: { seq: 2 } });
  const delivered = deliveredTo([
    ['a', 1],
    ['b', 2],
  ]);
  expect(await delivered.provenAt(connection, 'S', 9, 1000)).toBe(2);
  expect(asked).toEqual(['b']);
});

test('a message rewritten after the position is skipped, because it will be delivered again', async () => {
  const stored = { a: { seq: 1 }, b: { seq: 12 } };
  const messages = [['a', 1] as const, ['b', 2] as const];
  expect(await prove(messages, stored, 9)).toBe(1);
});

test.each<[string, Record<string, Stored>]>([
  ['is absent', { a: { seq: 1 } }],
  ['is stored at an earlier sequence', { a: { seq: 1 }, b: { seq: 1 } }],
  ['was rewritten before the position', { a: { seq: 1 }, b: { seq: 5 } }],
  ['has another text', { a: { seq: 1 }, b: { seq: 2, text: 'other' } }],
  ['has another time', { a: { seq: 1 }, b: { seq: 2, at: 7 } }],
])('a stream whose last delivered message %s has another history', async (_, stored) => {
  const messages = [['a', 1] as const, ['b', 2] as const];
  expect(await prove(messages, stored, 9)).toBe('other');
});

test('a watch whose messages were all rewritten starts from the first sequence if it had no others', async () => {
  expect(await prove([['a', 1]], { a: { seq: 12 } }, 9)).toBe(0);
  expect(await prove([], {}, 9)).toBe(0);
  const many = Array.from({ length: 9 }, (_, n) => [`s${n}`, n + 1] as const);
  const rewritten = Object.fromEntries(many.map(([subject], n) => [subject, { seq: n + 100 }]));
  expect(await prove(many, rewritten, 9)).toBe('unproven');
});

test('a watch that may not read messages proves nothing', async () => {
  const refusing = {
    up: true,
    client: { isClosed: () => false },
    request: async () => {
      throw new Fault('store-refused', 'this connection may not publish to it');
    },
  } as unknown as SupervisedConnection;
  expect(await deliveredTo([['a', 1]]).provenAt(refusing, 'S', 9, 1000)).toBe('unproven');
});
