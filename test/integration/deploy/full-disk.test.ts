import { describe, expect, test } from 'vitest';
import { openDisk } from '../chaos/faults/disk.ts';
import { startTestCluster } from '../harness/cluster.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { divergencesOf } from '../restores/support/verified.ts';

const web = (id: string) => [{ service: 'web', id, port: 8080 }];
const patience = 120_000;

let changes = 0;

/** Whether a change of the policy is stored; each is another one. */
async function isWritable(fleet: TestFleet): Promise<boolean> {
  changes += 1;
  return (await fleet.start(['policy', 'set', `brake.pace=${1000 + changes}ms`]).exited) === 0;
}

const isLive = (fleet: TestFleet, id: string) => () => fleet.row('web', id)?.state === 'live';

describe('the runbook of a full disk', () => {
  test('on a single server: space is freed, and if that is not enough the server is restarted; nothing is lost', async (context) => {
    await using disk = await openDisk();
    if (disk.unfillable !== undefined) return context.skip(disk.unfillable);
    await using server = await startTestServer({ storeDir: disk.directory });
    await using fleet = await TestFleet.open(server.url);
    await fleet.collector();
    const { process: agent } = await fleet.serving('h1', 'a', web('a'));
    await until('a is live', isLive(fleet, 'a'), patience);

    let hasEnded = false;
    void agent.exited.then(() => {
      hasEnded = true;
    });
    await disk.fill();
    await until('a write is refused', async () => !(await isWritable(fleet)), patience);
    expect(fleet.row('web', 'a')).toBeDefined();
    expect(hasEnded).toBe(false);

    await disk.free();
    const again = async () => isLive(fleet, 'a')() && (await isWritable(fleet));
    const isBack = await until('a is live without a restart', again, 20_000).then(
      () => true,
      () => false,
    );
    if (!isBack) await server.restart();
    await until('a is live again', again, patience);
    await until(
      'the audit has all events',
      async () => !(await fleet.store.audit.isBehind()),
      patience,
    );
    expect(await divergencesOf(fleet)).toEqual([]);
  }, 400_000);

  test('on one server of three: the fleet goes on, and the server catches up after a restart', async (context) => {
    await using disk = await openDisk();
    if (disk.unfillable !== undefined) return context.skip(disk.unfillable);
    await using cluster = await startTestCluster(3, { storeDirs: [disk.directory] });
    await cluster.ready();
    await using fleet = await TestFleet.open(cluster.urls[1] ?? '', 3);
    await fleet.collector();
    await fleet.serving('h1', 'a', web('a'));
    await until('a is live', isLive(fleet, 'a'), patience);
    await disk.fill();
    for (let n = 0; n < 5; n += 1) {
      await until('a write is stored', () => isWritable(fleet), patience);
    }
    await until('a is live', isLive(fleet, 'a'), patience);
    const [full] = cluster.nodes;
    await full?.kill();
    await disk.free();
    await full?.restart();
    await cluster.ready();
    await until('a write is stored', () => isWritable(fleet), patience);
    await until(
      'the audit has all events',
      async () => !(await fleet.store.audit.isBehind()),
      patience,
    );
    expect(await divergencesOf(fleet)).toEqual([]);
  }, 400_000);
});
