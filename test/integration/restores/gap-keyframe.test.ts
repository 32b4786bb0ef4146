import { expect, test } from 'vitest';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { latestSignedKeyframe } from '../../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { copyStreams } from './support/stored-copy.ts';
import { divergencesOf, unlikeReplay } from './support/verified.ts';

const hasRecord = (fleet: TestFleet, id: string) =>
  until(`${id} is registered`, () => fleet.row('web', id) !== undefined, 30_000);

test('a fleet whose audit was put back to an older copy has a whole history again from a keyframe on', async () => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const { store } = fleet;
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'a' }]);
  await hasRecord(fleet, 'a');
  await using copy = await copyStreams(server, fleet.namespace);
  await fleet.serving('h1', 'b', [{ service: 'web', id: 'b' }]);
  await hasRecord(fleet, 'b');
  await until('the outbox is trimmed', async () => (await store.audit.tidy()) > 0);
  await copy.restore('audit');
  const repair = fleet.start(['repair', '--yes', '--as', 'alice', '--host', 'desk']);
  expect(await repair.exited).toBe(0);
  expect(await unlikeReplay(fleet)).not.toEqual([]);

  await fleet.collector();
  const ports = { ...store, hash: systemHash, signatures: systemSignatures };
  const keyframe = async () => (await latestSignedKeyframe(ports))?.checkpoint;
  await until('a keyframe is signed', async () => (await keyframe()) !== undefined, 60_000);
  expect((await keyframe())?.source).toMatchObject({ kind: 'registry' });
  await until('the audit has all events', async () => !(await store.audit.isBehind()));
  expect(await unlikeReplay(fleet, store.keyframes)).toEqual([]);
  expect(await divergencesOf(fleet)).toEqual([]);
  const replay = fleet.start(['audit', 'replay', '--at', 'now', '--show', 'ps']);
  expect(await replay.exited).toBe(0);
  const instances = replay.lines.flatMap(({ id }) => (id === undefined ? [] : [id]));
  expect(instances.sort()).toEqual(['a', 'b']);
});
