import { randomBytes } from 'node:crypto';
import process from 'node:process';
import type { SyncInterval } from '../../../../src/adapters/embedded/config.ts';
import { scriptOptions } from '../../../../tools/script-options.ts';
import { startTestCluster } from '../../harness/cluster.ts';
import { setup } from '../../harness/global-setup.ts';
import { startTestServer } from '../../harness/nats-server.ts';
import { type Disk, openDisk } from '../faults/disk.ts';
import { KilledStream } from './killed-stream.ts';

const usage = `usage: npm run kill-cycles -- [options]
kills nats-server while a stream is written, restarts it, and looks for acknowledged messages
  --cycles N       kills (200)
  --servers N      1, or 3 with three replicas (1)
  --sync WHEN      always, or 2m (always)
  --compression C  none, or s2 (none)
  --full-disk      fills the disk of the server before each fifth kill; only root can
  --minutes M      stops after so long (10)
exit: 0 every acknowledged message can be read, 1 some cannot, 2 usage`;

const values = scriptOptions(usage, {
  cycles: { type: 'string', default: '200' },
  servers: { type: 'string', default: '1' },
  sync: { type: 'string', default: 'always' },
  compression: { type: 'string', default: 'none' },
  'full-disk': { type: 'boolean', default: false },
  minutes: { type: 'string', default: '10' },
});

/** Complaints that are printed at the end. */
const mostShown = 20;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { sync, compression, servers } = values;
  const isKnown =
    ['always', '2m'].includes(sync) &&
    ['none', 's2'].includes(compression) &&
    ['1', '3'].includes(servers);
  if (!isKnown) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  await setup();
  await using stack = new AsyncDisposableStack();
  const syncInterval = sync as SyncInterval;
  const disks: Disk[] = [];
  for (let n = 0; values['full-disk'] && n < Number(servers); n += 1) {
    const disk = stack.use(await openDisk());
    if (disk.unfillable !== undefined) throw new Error(disk.unfillable);
    disks.push(disk);
  }
  const storeDirs = disks.map(({ directory }) => directory);
  const [storeDir] = storeDirs;
  const nodes =
    servers === '3'
      ? stack.use(await startTestCluster(3, { syncInterval, storeDirs })).nodes
      : [stack.use(await startTestServer({ syncInterval, ...(storeDir && { storeDir }) }))];
  const stream = stack.use(await KilledStream.create({ nodes, disks }, compression, randomBytes));
  const began = performance.now();
  const until = began + Number(values.minutes) * 60_000;
  let cycles = 0;
  for (; cycles < Number(values.cycles) && performance.now() < until; cycles += 1) {
    await stream.cycle(cycles);
    if ((cycles + 1) % 20 === 0) say(`${cycles + 1} kills: ${stream.summary}`);
  }
  await stream.readAll();
  const took = ((performance.now() - began) / 1000).toFixed(0);
  say(
    `${servers} server(s), sync ${sync}, ${compression}${values['full-disk'] ? ', full disks' : ''}: ${cycles} kills in ${took} s`,
  );
  say(stream.summary);
  for (const one of stream.complaints.slice(0, mostShown)) say(one);
  if (stream.complaints.length > mostShown) say(`and ${stream.complaints.length - mostShown} more`);
  return stream.complaints.length === 0 ? 0 : 1;
}

process.exitCode = await main();
