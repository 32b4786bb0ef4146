import { cpus, loadavg } from 'node:os';
import { env, stderr, stdout } from 'node:process';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { scriptOptions } from '../../../tools/script-options.ts';
import { playFleet } from './fleet-story.ts';

const usage = `usage: npm run fleet -- [options]
counts messages and CPU of collectors that watch a large fleet of records on a real server
  --agents N     records of agents, renewed by one process (10000)
  --minutes M    of quiet (5)
  --seats N      collectors (3)
  --kill-seat    kills one of them afterwards`;

const values = scriptOptions(usage, {
  agents: { type: 'string', default: '10000' },
  minutes: { type: 'string', default: '5' },
  seats: { type: 'string', default: '3' },
  'kill-seat': { type: 'boolean', default: false },
});

const say = (what: string) => void stderr.write(`${what}\n`);
const located = await locateNatsServer({
  ...{ named: env['ROLLCALL_NATS_SERVER'], path: env['PATH'], cacheDir: cacheDir(env) },
  progress: say,
});
const report = await playFleet({
  binary: located.path,
  agents: Number(values.agents),
  lease: { ttl: seconds(15), grace: seconds(30) },
  quiet: minutes(Number(values.minutes)),
  seats: Number(values.seats),
  killSeat: values['kill-seat'],
  say,
  signal: new AbortController().signal,
});
const machine = { cores: cpus().length, load: loadavg()[0] };
stdout.write(
  `${JSON.stringify({ ...machine, seats: Number(values.seats), ...report }, null, 2)}\n`,
);
