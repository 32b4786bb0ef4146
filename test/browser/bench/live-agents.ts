/** Keeps agents in one process on one connection; some restart each minute: `node live-agents.ts SERVERS AGENTS RESTARTS`. */

import { argv, stdout } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { type RunningAgent, startAgent } from '../../../src/index.ts';

const [, , servers = '', count = '0', restarts = '0'] = argv;
const connection = await connect({ servers, maxReconnectAttempts: -1 });
const zones = ['ams', 'fra', 'cph'];

const start = (n: number): Promise<RunningAgent> =>
  startAgent({
    connection,
    host: `host-${n}`,
    name: 'agent',
    zone: zones[n % zones.length] ?? '',
    instances: [{ service: 'web', id: `web-${n}`, address: '192.0.2.1', port: 8080 }],
    collect: false,
    connectWithin: '60s',
  });

const running: RunningAgent[] = [];
while (running.length < Number(count)) {
  const next = Array.from({ length: 20 }, (_, n) => start(running.length + n));
  running.push(...(await Promise.all(next)));
}
stdout.write(`${JSON.stringify({ event: 'ready' })}\n`);
for (let n = 0; ; n = (n + 7) % running.length) {
  await pause(60_000 / Number(restarts));
  await running[n]?.stop();
  running[n] = await start(n);
}
