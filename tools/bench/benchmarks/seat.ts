import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { startServer } from '../environment/server.ts';
import { type BenchmarkNamespace, openStage } from '../fixture/benchmark-namespace.ts';

const lease = { ttl: seconds(15), grace: seconds(30) };
/** A heap limit: on a large machine V8 collects garbage late, so its memory would exceed what it needs. */
const heap = '--max-old-space-size=96';

/** The cost of a seat that watches a fleet, and the cost of an agent without a seat in that fleet. */
export const seat: Benchmark = {
  name: 'seat',
  takes: (quick) => seconds(quick ? 60 : 130),

  async measure(given) {
    const { quick, env, say, signal } = given;
    await using server = await startServer('large', env, say, signal);
    await using stage = await openStage(server.access, given);
    const agents = quick ? 2000 : 10_000;
    const rounds = quick ? 15 : 60;
    say(`registering ${agents} runs, whose leases are renewed`);
    await stage.start('renew-fleet', { agents, lease });
    say('a collector watches them');
    const settle = seconds(10);
    const watching = stage.start('watch-fleet', { lease, rounds, settle }, { flags: [heap] });
    await pause(settle / 2, undefined, { signal });
    // These take the other seats, so that the next agent gets none.
    await stage.start('collect', { lease, name: 'second' });
    await stage.start('collect', { lease, name: 'third' });
    const sleeper = await sleeping(stage, quick ? seconds(20) : seconds(60));
    const { answer } = await watching;
    const bare = { what: 'heartbeats a second that it receives', samples: [answer.heartbeats] };
    const fleet = `${agents} agents, ttl ${lease.ttl / 1000} s`;
    return [
      {
        name: 'seat-cpu',
        what: `one seat that watches ${fleet}: of one core`,
        unit: '%',
        samples: answer.cpu,
        floor: bare,
        limit: { of: 'median', atMost: 25 },
        notes: { state: answer.state },
      },
      {
        name: 'seat-memory',
        what: `its process, all of it, with ${heap}`,
        unit: 'MB',
        samples: answer.memory,
        floor: bare,
        limit: { of: 'median', atMost: 250 },
      },
      {
        name: 'sleeper',
        what: `messages a second to and from an agent without a seat, fleet of ${agents}`,
        unit: '/s',
        samples: [sleeper.messages],
        floor: { what: 'its own renewals a second, asked and answered', samples: [sleeper.own] },
        limit: { of: 'median', atMost: 1 },
        notes: { heartbeatsOfOthers: sleeper.heartbeats },
      },
    ];
  },
};

/** Messages of an agent that applies for a seat and gets none, as counted by the server. */
async function sleeping(stage: BenchmarkNamespace, lasts: number) {
  const { say, bare } = stage;
  say('an agent without a seat');
  const task = { host: 'sleeper', agents: 1, instances: 1, lease, collect: true };
  const { answer } = await stage.start('keep-agents', task);
  const [run] = answer;
  if (!run) throw new Error('no agent');
  await pause(seconds(5), undefined, { signal: stage.signal });
  const before = await countsOf(run, bare);
  await pause(lasts, undefined, { signal: stage.signal });
  const after = await countsOf(run, bare);
  const passed = lasts / 1000;
  return {
    messages: (after.in_msgs + after.out_msgs - before.in_msgs - before.out_msgs) / passed,
    own: (2 * 1000) / (lease.ttl / 3),
    // Messages that it receives in addition to the responses to its requests.
    heartbeats: Math.max(0, after.out_msgs - before.out_msgs - (after.in_msgs - before.in_msgs)),
  };
}

const Connections = z.object({
  data: z.object({
    connections: z.array(
      z.object({ name: z.string().optional(), in_msgs: z.number(), out_msgs: z.number() }),
    ),
  }),
});

/** The messages that the server received from and sent to the connection of a run. */
async function countsOf(run: RunRef, bare: NatsConnection) {
  const name = connectionName(run);
  const reply = await bare.request('$SYS.REQ.ACCOUNT.PING.CONNZ', '{}', { timeout: 5000 });
  const { connections } = Connections.parse(reply.json()).data;
  const own = connections.find((one) => one.name === name);
  if (!own) throw new Error(`the server has no connection named ${name}`);
  return own;
}
