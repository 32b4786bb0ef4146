import { setTimeout as sleep } from 'node:timers/promises';
import { startTestCluster } from '../harness/cluster.ts';
import { openOn, recordAndEvent } from './opened.ts';
for (let round = 0; round < Number(process.argv[2] ?? 3); round++) {
  await using cluster = await startTestCluster(3);
  await using setup = await openOn(cluster.urls, { replicas: 3 });
  const { names } = setup;
  const leader = await cluster.leaderOf(names.registry.stream);
  let auditLeader = await cluster.leaderOf(names.auditStream);
  for (let i = 0; i < 30 && auditLeader !== leader; i++) {
    await setup.raw.request(`$JS.API.STREAM.LEADER.STEPDOWN.${names.auditStream}`, '', { timeout: 5000 }).catch(() => {});
    await sleep(500);
    auditLeader = await cluster.leaderOf(names.auditStream);
  }
  const urls = cluster.nodes.filter((n) => n !== leader).map((n) => n.url);
  await using o = await openOn(urls, { namespace: names.namespace });
  let on = true; const counts: Record<string, number> = {}; let committed = 0; let gap = 0, lastOk = performance.now(); const whys: Record<string, number> = {};
  const lanes = Array.from({ length: 8 }, async (_, l) => {
    for (let n = 0; on; n++) {
      const k = `agent.${l}.${n}`;
      const r = await o.store.registry.commit(recordAndEvent(k, 0, k, `a.b.run.${k}`));
      counts[r.outcome] = (counts[r.outcome] ?? 0) + 1;
      if ('why' in r) whys[r.why] = (whys[r.why] ?? 0) + 1;
      if (r.outcome === 'committed') { committed++; gap = Math.max(gap, performance.now() - lastOk); lastOk = performance.now(); }
      await sleep(1);
    }
  });
  await sleep(1500);
  await leader.kill();
  const t0 = performance.now();
  const c0 = committed;
  while (committed < c0 + 200) await sleep(20);
  on = false; await Promise.all(lanes);
  const stored = (await o.store.registry.list(['agent.>'], 0)).length;
  console.log('round', round, 'same leader', leader === auditLeader, counts, whys, 'stored', stored, 'write gap', Math.round(gap), 'ms');
  let last = -1;
  for (let i = 0; i < 300; i++) {
    const r = await o.store.audit.range().catch((e) => ({ last: -2, e: String(e) }));
    if (r.last !== last) { last = r.last; }
    if (last === stored) break;
    await sleep(200);
  }
  console.log('audit', last, 'of', stored, 'after', Math.round(performance.now() - t0), 'ms since kill');
  if (last !== stored) {
    const i = await setup.jsm.streams.info(names.auditStream);
    console.log(JSON.stringify(i.sources), JSON.stringify(i.state), JSON.stringify(i.cluster));
    const r = await setup.jsm.streams.info(names.registry.stream, { subjects_filter: names.eventPrefix + '>' });
    const inOutbox = new Set(Object.keys(r.state.subjects ?? {}).map((s) => s.slice(names.eventPrefix.length)));
    const aud: string[] = [];
    for await (const e of o.store.audit.read(0)) aud.push(e.subject);
    console.log('outbox', inOutbox.size, 'audit', aud.length, 'distinct', new Set(aud).size, 'missing', [...inOutbox].filter((s) => !aud.includes(s)).length);
  }
}
