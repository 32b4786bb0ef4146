import { headers, type Msg } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import type {
  Reply,
  SupervisedConnection,
} from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { readCopiedKey, readOwnKey } from '../../../../src/adapters/nats/read/own-key-read.ts';

const received = (text: string, more: Readonly<Record<string, string>> = {}, code = 0): Reply => {
  const all = headers(code, code === 0 ? '' : 'Message Not Found');
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return { kind: 'received', msg: { string: () => text, headers: all } as unknown as Msg };
};

const stored = (seq: number, text: string) =>
  received(text, { 'Nats-Subject': 'key', 'Nats-Sequence': `${seq}` });
const notFound = received('', {}, 404);
const refusal = (seq: number) =>
  received(
    JSON.stringify({
      error: { code: 400, err_code: 10071, description: `wrong last sequence: ${seq}` },
    }),
  );

/** Answers reads and writes in turn; the last answer of each is repeated. */
function connectionWith(reads: readonly Reply[], writes: readonly Reply[]) {
  const asked: string[] = [];
  const next = (replies: readonly Reply[], n: number) =>
    replies[Math.min(n, replies.length - 1)] ?? { kind: 'not-sent', why: 'no answer' };
  const connection = {
    request: async (
      subject: string,
      text: string,
      options: { headers?: { get(n: string): string } },
    ) => {
      const isRead = subject.startsWith('$JS.API.DIRECT.GET.stream.');
      const n = asked.filter((one) => one.startsWith('read') === isRead).length;
      asked.push(isRead ? 'read' : `write ${text}`);
      if (!isRead) {
        const expected = Number(options.headers?.get('Nats-Expected-Last-Subject-Sequence'));
        expect(expected).toBe(Number.MAX_SAFE_INTEGER);
      }
      return next(isRead ? reads : writes, n);
    },
  } as unknown as SupervisedConnection;
  return { connection, asked };
}

test('a replica that lags is read again until it has what the leader has', async () => {
  const { connection, asked } = connectionWith([stored(7, 'old'), stored(9, 'new')], [refusal(9)]);
  const read = await readOwnKey(connection, 'stream', 'key', 5000);
  expect(read).toMatchObject({ seq: 9, text: 'new', subject: 'key' });
  expect(asked).toEqual(['read', 'write ', 'read', 'write ']);
});

test('a replica that has a message which the leader no longer has is read again', async () => {
  const { connection } = connectionWith([stored(7, 'old'), notFound], [refusal(0)]);
  expect(await readOwnKey(connection, 'stream', 'key', 5000)).toBeUndefined();
});

test('a key is not read while the leader does not answer', async () => {
  const busy = received(
    JSON.stringify({ error: { code: 400, err_code: 10164, description: 'wrong last sequence' } }),
  );
  const { connection } = connectionWith([stored(7, 'old')], [busy]);
  await expect(readOwnKey(connection, 'stream', 'key', 300)).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringContaining('key'),
  });
});

test('a reply that is not a message of a stream is not believed', async () => {
  const { connection } = connectionWith([received('forged')], [refusal(0)]);
  await expect(readOwnKey(connection, 'stream', 'key', 300)).rejects.toMatchObject({
    code: 'store-unavailable',
  });
});

test('a copied key is read without a write', async () => {
  const { connection, asked } = connectionWith([stored(3, 'copy')], []);
  expect(await readCopiedKey(connection, 'stream', 'key', 300)).toMatchObject({ text: 'copy' });
  expect(asked).toEqual(['read']);
});
