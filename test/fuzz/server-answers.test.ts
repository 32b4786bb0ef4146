import type { Msg } from '@nats-io/transport-node';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySignatures } from '../../src/adapters/memory/signatures.ts';
import { askApi } from '../../src/adapters/nats/connection/jetstream-api.ts';
import { entryOf, fromApi } from '../../src/adapters/nats/connection/message.ts';
import { subjectNamesOf } from '../../src/adapters/nats/connection/subject-names.ts';
import type { SupervisedConnection } from '../../src/adapters/nats/connection/supervised-connection.ts';
import {
  ClosedConnectionDiff,
  OpenConnectionDiff,
} from '../../src/adapters/nats/disconnects/closed-connections.ts';
import { ConnzClient } from '../../src/adapters/nats/disconnects/connection-lists.ts';
import { natsDisconnects } from '../../src/adapters/nats/disconnects/disconnects.ts';
import { natsKeyframes } from '../../src/adapters/nats/keyframes.ts';
import { natsRunMessaging } from '../../src/adapters/nats/run-messaging.ts';
import { publish } from '../../src/adapters/nats/write/publish.ts';
import { hashEvent } from '../../src/domain/events/hash-chain.ts';
import { Fault } from '../../src/domain/fault.ts';
import { Namespace, RunId } from '../../src/domain/identity/names.ts';
import { latestSignedKeyframe } from '../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { anyText } from '../arbitrary/names.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { slotAt } from '../runtime/support/fleet-in-memory.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const names = subjectNamesOf(Namespace.parse('fuzz'));
const me = { ...slotAt('h1/a'), run: RunId.parse('run00000001') };

/** A message as the NATS client delivers it. */
const messageOf = (text: string, subject = 'x', reply?: string): Msg =>
  ({
    subject,
    ...(reply !== undefined && { reply }),
    data: Buffer.from(text),
    string: () => text,
    json: () => JSON.parse(text),
  }) as unknown as Msg;

type Hear = (error: Error | null, msg: Msg) => void;

/** A connection that answers every request with this text. */
function linkThatSays(text: string): {
  link: SupervisedConnection;
  told: string[];
  hear: (msg: Msg) => void;
} {
  const heard: Hear[] = [];
  const told: string[] = [];
  let closed = false;
  const subscribe = (subject: string, { callback }: { callback: Hear }) => {
    heard.push(callback);
    // One answer to any request, and then the connection closes.
    queueMicrotask(() => callback(null, messageOf(text, subject.replace('*', '1'))));
    const end = Promise.withResolvers<void>();
    return { unsubscribe: () => end.resolve(), closed: end.promise };
  };
  const publish = (_: string, __: string, { reply = '' }: { reply?: string } = {}) =>
    queueMicrotask(() => {
      for (const callback of heard) callback(null, messageOf(text, reply));
    });
  const link = {
    up: true,
    client: {
      subscribe,
      publish,
      flush: async () => {},
      isClosed: () => closed,
      createInbox: () => '_INBOX.x',
      options: {},
      getServer: () => 'nats://fuzz',
      info: { version: '2.12.1' },
    },
    connected: async () => true,
    reconnected: async () => {
      closed = true;
      return false;
    },
    refused: () => false,
    onDisconnect: () => () => {},
    request: async () => ({ kind: 'received', msg: messageOf(text) }),
    publish: (subject: string, said: string) => void told.push(`${subject} ${said}`),
  };
  return {
    link: link as unknown as SupervisedConnection,
    told,
    hear: (msg) => {
      for (const callback of heard) callback(null, msg);
    },
  };
}

const pong = mutated(fc.constant({ lag: 1, state: 'serving' }));

test('any reply to a ping is parsed without an exception', () =>
  fuzz(
    pong,
    async (text) => {
      const said = await natsRunMessaging(linkThatSays(text).link, names, 10).ping(me, 10);
      if (typeof said === 'string') expect(said).toBe('no-answer');
      else expect(typeof said.lag === 'number' && typeof said.state === 'string').toBe(true);
    },
    { examples: ['null', '1', '"x"'] },
  ));

test('any message to a run is a question, a notice or ignored', () =>
  fuzz(
    fc.tuple(fc.oneof(anyText, fc.constant('')), fc.oneof(anyText, fc.constant('_INBOX.a'))),
    async ([text, reply]) => {
      const { link, hear, told } = linkThatSays('');
      const heard: string[] = [];
      const respond = {
        pong: () => ({ lag: 0, state: 'serving' }),
        onNotice: (what: string) => void heard.push(what),
      };
      await using _ = await natsRunMessaging(link, names, 10).serve(me, respond);
      hear(messageOf(text, 'run', reply));
      for (const what of heard) expect(['suspected', 'expired', 'superseded']).toContain(what);
      for (const one of told) expect(one).toMatch(/^_INBOX/);
    },
  ));

const connz = mutated(
  fc.constant({
    server: { name: 's' },
    data: {
      ...{ server_id: 'S1', now: '2026-01-31T12:00:00Z', total: 2 },
      connections: [
        {
          cid: 7,
          name: 'rollcall h1/a run00000001',
          reason: 'Client Closed',
          stop: '2026-01-31T12:00:00Z',
        },
        { cid: 6, name: '' },
      ],
    },
  }),
);

test('any answer about connections is a list, or counts as no answer', () =>
  fuzz(
    connz,
    async (text) => {
      using lists = new ConnzClient(linkThatSays(text).link, AbortSignal.timeout(5));
      const closed = new ClosedConnectionDiff();
      const open = new OpenConnectionDiff();
      for (let look = 0; look < 2; look += 1) {
        const heard = await lists.fetch({ state: 'open', limit: 10 });
        for (const list of heard)
          expect(typeof list.server === 'string' && closed.take(list).news).toBeDefined();
        open.hasChanged(heard);
        open.compare(heard);
      }
    },
    { runs: 60 },
  ));

const advisory = mutated(
  fc.constant({
    server: { id: 'S1' },
    client: { id: 7, name: 'rollcall h1/a run00000001' },
    reason: 'Client Closed',
  }),
);

test('any advisory of a server is parsed without an exception', () =>
  fuzz(
    advisory,
    async (text) => {
      const said: string[] = [];
      const departures = natsDisconnects(linkThatSays(text).link);
      await departures.watch(({ slot }) => void said.push(slot.host), AbortSignal.timeout(5));
      for (const host of said) expect(host).not.toBe('');
    },
    { runs: 60 },
  ));

const apiAnswer = mutated(
  fc.oneof(
    fc.constant({ error: { code: 404, err_code: 10037, description: 'no message found' } }),
    fc.record({
      message: fc.record({
        subject: fc.constant('$KV.x.a'),
        seq: fc.nat(),
        data: anyText,
        hdrs: anyText,
      }),
    }),
  ),
);

test('any answer of the API is a result, an error or a timeout', () =>
  fuzz(
    apiAnswer,
    async (text) => {
      const said = await foreseen(() => askApi(linkThatSays(text).link, 'INFO', {}, { within: 5 }));
      if (said instanceof Fault) expect(said.code).toBe('store-unavailable');
      else expect('ok' in said || typeof said.error.description === 'string').toBe(true);
    },
    { runs: 60 },
  ));

const ack = mutated(
  fc.oneof(
    fc.constant({ stream: 'S', seq: 7, count: 1 }),
    fc.constant({ error: { code: 400, err_code: 10071, description: 'wrong last sequence' } }),
  ),
);

test('any acknowledgement is a success, a conflict or unknown', () =>
  fuzz(
    ack,
    async (text) => {
      const message = { subject: 'x', text: '', headers: [] };
      const said = await foreseen(() => publish(linkThatSays(text).link, [message], 5));
      if (said instanceof Fault) expect(said.code).toMatch(/^store-/);
      else expect(['stored', 'conflict', 'unknown', 'unavailable']).toContain(said.kind);
    },
    { examples: ['null', '', '{"error":null}'] },
  ));

test('any message of a bucket is an entry', () =>
  fuzz(fc.record({ subject: anyText, seq: fc.nat(), data: anyText, hdrs: anyText }), (message) => {
    const { text } = entryOf(names.registry, fromApi(message));
    expect(text === undefined || typeof text === 'string').toBe(true);
  }));

const frame = mutated(fc.constant({ by: 'somebody', chunks: 2 }));

test('a keyframe with any head is read, or is reported as missing', () =>
  fuzz(frame, async (head) => {
    const message = { subject: 'x', seq: 1, data: Buffer.from(head).toString('base64') };
    const { link } = linkThatSays(JSON.stringify({ message }));
    const keyframes = natsKeyframes(link, names.keyframes, 50);
    const first = await foreseen(async () => {
      for await (const text of keyframes.get(1)) return text;
      return '';
    });
    if (first instanceof Fault) expect(['not-found', 'record-unreadable']).toContain(first.code);
    // A collector that looks for the last keyframe continues without it.
    const listed = { ...keyframes, list: async () => [1] };
    const ports = {
      ...{ audit: historyOf([]), keyframes: listed },
      ...{ hash: hashEvent, signatures: memorySignatures },
    };
    await latestSignedKeyframe(ports as unknown as Parameters<typeof latestSignedKeyframe>[0]);
  }));
