import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../src/bench/environment/free-ports.ts';
import { timing } from '../real/harness/fleet.ts';
import { startProxy } from '../real/harness/proxy.ts';
import type { Stage } from './stage.ts';

const web = (...ids: readonly string[]) => ids.map((id) => ({ service: 'web', id }));
const leasePast = 2 * timing.ttl + timing.grace;

/**
 * What happens to a fleet, one recording each, by the names of the recordings: the stories that Rollcall
 * was made for. Each ends when what it is about is in the audit.
 */
export const scenarios: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async 'two-agents'({ fleet, happened }) {
    await fleet.collector();
    const one = await fleet.serving('h1', 'one', web('w1'));
    await fleet.serving('h1', 'two', web('w2'));
    one.process.kill('SIGTERM');
    await happened('run', 'left');
  },

  async refused({ fleet, happened }) {
    await fleet.serving('h1', 'a', web('w1'));
    await fleet.agent('h1', 'a', web('w2'));
    await happened('session', 'refused');
  },

  async 'taken-over'({ fleet, happened }) {
    const first = await fleet.serving('h1', 'a', web('w1'));
    await fleet.serving('h1', 'a', web('w1', 'w2'), ['--takeover']);
    await first.process.exited;
    await happened('instance', 'registered', 3);
  },

  async killed({ fleet, happened }) {
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'));
    await fleet.serving('h2', 'a', web('w3'));
    process.kill('SIGKILL');
    await happened('collector', 'removal-done');
  },

  async 'restarted-by-a-supervisor'({ fleet, happened }) {
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'));
    process.kill('SIGKILL');
    await process.exited;
    await fleet.serving('h1', 'a', web('w1', 'w2'));
    await happened('run', 'announced', 2);
  },

  async 'restarted-with-fewer-instances'({ fleet, happened }) {
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'));
    process.kill('SIGKILL');
    await process.exited;
    await fleet.serving('h1', 'a', web('w2'));
    await happened('run', 'announced', 2);
  },

  async 'frozen-and-thawed'({ fleet, happened }) {
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', web('w1'));
    process.kill('SIGSTOP');
    await fleet.standing();
    process.kill('SIGCONT');
    await happened('run', 'announced', 2);
  },

  async 'frozen-and-refuting'({ fleet, happened }) {
    const { process } = await fleet.serving('h1', 'a', web('w1'));
    // It stops before it writes the expiry: there is all the time to refute.
    const gate = { commit: 2, when: 'before', what: 'pause' } as const;
    const collector = fleet.gated({ role: 'collector', host: 'watch', name: 'collector', gate });
    process.kill('SIGSTOP');
    await collector.line((line) => line.event === 'gate');
    process.kill('SIGCONT');
    await happened('run', 'regranted');
    collector.go();
  },

  async 'frozen-while-removed'({ fleet, happened }) {
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'));
    // Suspect, expire: it stops when the removal is about to go, judged and not yet written.
    const gate = { commit: 3, when: 'before', what: 'pause' } as const;
    const collector = fleet.gated({ role: 'collector', host: 'watch', name: 'collector', gate });
    process.kill('SIGSTOP');
    await collector.line((line) => line.event === 'gate');
    process.kill('SIGCONT');
    await happened('run', 'announced', 2);
    collector.go();
    await happened('collector', 'removal-done');
  },

  async contested({ fleet, happened }) {
    await fleet.collector();
    const old = await fleet.serving('old-host', 'a', web('w'));
    old.process.kill('SIGSTOP');
    await fleet.serving('new-host', 'a', web('w'));
    await happened('collector', 'removal-done');
  },

  async 'everybody-gone'({ fleet, happened }) {
    const watcher = await fleet.collector('old');
    const hosts = ['h1', 'h2', 'h3'];
    const old = await Promise.all(hosts.map((host) => fleet.serving(host, 'a', web(host))));
    for (const process of [watcher, ...old.map((one) => one.process)]) process.kill('SIGKILL');
    await sleep(leasePast);
    await fleet.serving('h9', 'a', web('h9'));
    await fleet.collector('new');
    await happened('run', 'removed', 3);
  },

  async 'collector-killed'({ fleet, happened }) {
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'));
    // Suspect, expire: and then it dies, its removal stored or not.
    const gate = { commit: 3, when: 'before', what: 'kill' } as const;
    const first = fleet.gated({ role: 'collector', host: 'watch', name: 'one', gate });
    await first.ready;
    process.kill('SIGKILL');
    await first.exited;
    await fleet.collector('two');
    await happened('run', 'removed');
  },

  async outage({ fleet, server, happened }) {
    await fleet.collector();
    await Promise.all(['a', 'b'].map((name) => fleet.serving('h1', name, web(name))));
    await happened('collector', 'sighted');
    await server.stop();
    await sleep(leasePast);
    await server.restart();
    await happened('session', 'regranted', 2);
    await happened('collector', 'sighted', 2);
  },

  async 'crash-loop'({ fleet, happened }) {
    await fleet.collector();
    for (let n = 0; n < 10; n += 1) {
      // Its first commit takes the slot, the second one registers.
      const gate = { commit: 2, when: n % 2 === 0 ? 'after' : 'before', what: 'kill' } as const;
      const instances = web(`w${n}`);
      await fleet.gated({ role: 'agent', host: 'h1', name: 'a', instances, gate }).exited;
    }
    await fleet.serving('h1', 'a', web('last'));
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.last');
    await happened('run', 'announced');
  },

  async 'record-deleted-by-hand'({ fleet, byHand, happened }) {
    await fleet.collector();
    await fleet.serving('h1', 'a', web('w1'));
    await byHand('agent.h1.a', undefined);
    await happened('run', 'announced', 2);
  },

  'lost-reply': (stage) => lostReply(stage, 'stored'),
  'lost-reply-not-stored': (stage) => lostReply(stage, 'not stored'),

  async left({ fleet, happened }) {
    await fleet.collector();
    const { process } = await fleet.serving('h1', 'a', web('w1', 'w2'), ['--drain', '1s']);
    process.kill('SIGTERM');
    await process.exited;
    await happened('session', 'left');
  },

  async 'failing-and-recovering'({ fleet, happened }) {
    await fleet.collector();
    const [port = 0] = await freePorts(1);
    const tcp = `127.0.0.1:${port}`;
    const checked = { service: 'web', id: 'w1', check: { tcp, every: '200ms', failAfter: 2 } };
    await fleet.serving('h1', 'a', [checked]);
    await happened('instance', 'failed');
    const listening = createServer((socket) => void socket.end()).listen(port, '127.0.0.1');
    await happened('instance', 'recovered');
    listening.close();
  },

  async hostile({ fleet, byHand, happened }) {
    await fleet.collector();
    const name = 'hôte 1.☃ *.>$KV=41 <script>';
    const { process } = await fleet.serving(name, 'a', [{ service: name, id: name }]);
    await fleet.serving('h1', 'a', web('w1'));
    const record = JSON.parse((await fleet.records()).get('instance.h1.a.web.w1')?.text ?? '');
    await byHand('instance.h1.a.web.not-json', 'this is { not JSON');
    await byHand('instance.h1.a.web.version', JSON.stringify({ ...record, v: 99, id: 'version' }));
    await byHand('instance.h1.a.web.owner', JSON.stringify({ ...record, host: 'h9', id: 'owner' }));
    await byHand('agent.h3.a', 'null');
    process.kill('SIGKILL');
    await happened('collector', 'removal-done');
  },
};

async function lostReply({ fleet, server, happened }: Stage, how: 'stored' | 'not stored') {
  await using proxy = await startProxy(server);
  const agent = fleet.gated(
    {
      role: 'agent',
      host: 'h1',
      name: 'a',
      ttl: 30_000, // longer than the store is silent, so that only the claim is in doubt
      instances: web('w1'),
      gate: { commit: 1, when: 'before', what: 'pause' },
    },
    proxy.url,
  );
  await agent.line((line) => line.event === 'gate');
  if (how === 'stored') proxy.blackhole('to-client');
  else proxy.blackhole();
  agent.go();
  await agent.line((line) => line.event === 'commit' && line['n'] === 1);
  // What the proxy holds back is lost with its connections.
  if (how === 'not stored') proxy.cut();
  await proxy.pass();
  await agent.ready;
  await happened('run', 'announced');
}
