import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { readRecordedLosses } from '../../../src/runtime/audit/verifier/recorded-losses.ts';
import { copyByServer } from '../../contract/support/nats-faults.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { divergencesOf, unlikeReplay } from './support/verified.ts';

const tokenOf = (fleet: TestFleet, id: string) => fleet.row('web', id)?.token ?? 0;

const untilLive = (fleet: TestFleet, id: string) =>
  until(`${id} is live`, () => fleet.row('web', id)?.state === 'live', 40_000);

it('a registry that another tool restores while the server runs repeats no token, and the history has each event once', async () => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const { audit } = fleet.store;
  const tool = await connect({ servers: server.url });
  const names = subjectNamesOf(Namespace.parse(fleet.namespace));
  await fleet.collector();
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'a' }]);
  await untilLive(fleet, 'a');
  const copy = await copyByServer(tool, names, 'registry');
  await fleet.serving('h1', 'b', [{ service: 'web', id: 'b' }]);
  await untilLive(fleet, 'b');
  const lost = tokenOf(fleet, 'b');
  await until('the audit has all events', async () => !(await audit.isBehind()));
  await copy.restore();
  await tool.close();
  await fleet.serving('h1', 'c', [{ service: 'web', id: 'c' }]);
  for (const id of ['a', 'b', 'c']) await untilLive(fleet, id);
  expect(tokenOf(fleet, 'c')).toBeGreaterThan(lost);
  expect(tokenOf(fleet, 'b')).toBeGreaterThan(lost);
  await until('every loss is recorded', async () => (await audit.losses()).length === 0, 40_000);
  await until('the audit has all events', async () => !(await audit.isBehind()));
  const [loss] = await readRecordedLosses(audit);
  expect(loss?.kind).toMatch(/^registry-/);
  expect(await divergencesOf(fleet)).toEqual([]);
  expect(await unlikeReplay(fleet)).toEqual([]);
  const file = join(server.storeDir, 'history.jsonl');
  const exported = fleet.start(['audit', 'export', '--out', file]);
  expect(await exported.exited).toBe(0);
  const verified = fleet.start(['audit', 'verify', '--file', file]);
  expect([await verified.exited, verified.stderr]).toEqual([0, expect.any(String)]);
});
