import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { piecesOf } from '../../../src/adapters/files/backup-folder.ts';
import type { NamespaceHeads } from '../../../src/adapters/nats/backup/copy-namespace.ts';
import { restoreNamespace } from '../../../src/adapters/nats/backup/restore-namespace.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import type { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { backUp } from '../../../src/composition/store/backups.ts';
import { connectServer } from '../../../src/composition/store/connect-server.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';

/** A connection that loses the reply to its nth request, which the server has carried out. */
function losing(connection: SupervisedConnection, nth: number): SupervisedConnection {
  let asked = 0;
  const request: SupervisedConnection['request'] = async (...args) => {
    const reply = await connection.request(...args);
    asked += 1;
    return asked === nth ? { kind: 'timed-out', why: 'the reply was lost' } : reply;
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'request') return request;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const eventsOf = async (fleet: TestFleet) => {
  const lines: string[] = [];
  for await (const { seq, text } of fleet.store.audit.read(0)) lines.push(`${seq} ${text}`);
  return lines;
};

test('a restore that lost a reply asks again or fails, and its repetition gives the same records and events', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-lost-'));
  try {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'a', port: 8080 }]);
    await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
    const { signal } = new AbortController();
    const namespace = Namespace.parse(fleet.namespace);
    const accessTo = (url: string) => connectionOptions({ servers: [url], namespace });
    const out = join(folder, 'copy');
    const backup = await backUp(await accessTo(server.url), out, {
      ...{ signal, divergences: null, progress() {} },
    });
    const before = await fleet.records();
    const events = await eventsOf(fleet);
    expect(events.length).toBeGreaterThan(0);

    await using other = await startTestServer();
    const names = subjectNamesOf(namespace);
    const heads = Object.fromEntries(backup.streams.map((one) => [one.part, one]));
    const copy = {
      heads: heads as unknown as NamespaceHeads,
      pieces: (part: 'keyframes' | 'audit' | 'registry') => piecesOf(out, `${part}.stream`),
    };
    await using connection = await connectServer(await accessTo(other.url), 'test', signal);
    const restore = (over: SupervisedConnection, within: Millis) =>
      restoreNamespace(over, names, copy, {
        ...{ within, replicas: undefined, by: 'a test', moved: true, signal },
      });
    const outcomes = new Set<string>();
    for (const nth of [1, 2, 3, 4, 5, 6, 7, 9, 12, 16]) {
      const lossy = losing(connection, nth);
      const outcome = await restore(lossy, seconds(5)).then(
        () => 'done',
        ({ code }: Fault) => code,
      );
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['done', 'store-unavailable']);
    // It writes 20 000 messages, on a machine that may be busy.
    await restore(connection, minutes(1));
    await using restored = await TestFleet.open(other.url, 1, fleet.namespace);
    expect(await restored.records()).toEqual(before);
    expect(await eventsOf(restored)).toEqual(events);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
});
