import { cpus } from 'node:os';
import { env, stderr, stdout } from 'node:process';
import { seconds } from '../../../src/domain/time.ts';
import { scriptOptions } from '../../../tools/script-options.ts';
import { playPowerCut } from './power-cut-story.ts';

const usage = `usage: npm run power-cut -- [options]
starts a fleet of real agents at the same moment, cuts the power, and starts everything again
  --agents N     agents, a connection each, in ten processes; a multiple of 10 (10000)
  --servers N    nats-servers, 1 or 3 (1)
  --ttl S        seconds that a lease lasts; the grace is the same (30)
  --off S        seconds without power (90)
  --quiet S      seconds of quiet after each start (60)`;

const values = scriptOptions(usage, {
  agents: { type: 'string', default: '10000' },
  servers: { type: 'string', default: '1' },
  ttl: { type: 'string', default: '30' },
  off: { type: 'string', default: '90' },
  quiet: { type: 'string', default: '60' },
});
const ttl = seconds(Number(values.ttl));
const report = await playPowerCut({
  env,
  agents: Number(values.agents),
  servers: values.servers === '3' ? 3 : 1,
  lease: { ttl, grace: ttl },
  off: seconds(Number(values.off)),
  quiet: seconds(Number(values.quiet)),
  say: (what) => void stderr.write(`${what}\n`),
  signal: new AbortController().signal,
});
stdout.write(`${JSON.stringify({ cores: cpus().length, ...report }, null, 2)}\n`);
