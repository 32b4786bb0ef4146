import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';
import { agentKey } from '../../../src/domain/identity/registry-keys.ts';
import { readAgent } from '../../../src/domain/records/stored-record.ts';
import { anchorLine, parseAnchor } from '../../../src/domain/replay/anchor.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import { HistoryDigest } from '../../../src/runtime/audit/anchors/history-digest.ts';
import { type VerifyOptions, verify } from '../../../src/runtime/audit/verify.ts';
import { transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { type Opened, openOn } from '../nats/support/open-store.ts';
import { writeAnew } from './support/rewritten-history.ts';
import { portsOf, quiet, startAgent, startCollector } from './support/sample-audit.ts';

const context = withServer();
const { signal } = new AbortController();

/** Blames another host for what the collector on the host `watch` did. */
const blame = (text: string): string => text.replaceAll(/\bwatch\b/g, 'other');

/** The history of an agent that died and was collected by `watch/c1`. No process writes any more. */
async function given() {
  await using stack = new AsyncDisposableStack();
  const opened = stack.use(await openOn([context.server.url]));
  const on = { servers: [context.server.url], namespace: opened.names.namespace };
  const dead = await startAgent(on, 'h1/a', ['web/1']);
  {
    await using _ = await startCollector(on, 'c1', 10_000);
    await dead.die();
    const key = agentKey(dead.agent.slot);
    const isGone = async () => (await opened.store.registry.read(key)).text === undefined;
    await until('the agent is collected', isGone, 90_000);
  }
  await quiet(opened.store);
  const kept = stack.move();
  return { ...opened, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** What `audit verify` reports. `check`: whether it compares signatures, which older versions do not. */
async function verdictOn(
  { store }: Opened,
  { check = true, ...options }: Partial<VerifyOptions> & { readonly check?: boolean } = {},
) {
  const said: Divergence[] = [];
  const { audit, registry, keyframes, leases } = store;
  const ports = { registry, keyframes, leases, clock: systemClock, hash: systemHash };
  const signatures = check ? { signatures: systemSignatures } : {};
  const onDivergence = (divergence: Divergence) => void said.push(divergence);
  const verified = await verify(
    audit,
    { ...ports, ...signatures },
    { signal, onDivergence, ...options },
  );
  return { ...verified, said };
}

/** Sequences of the events that a run of this host wrote. */
async function writtenBy({ store }: Opened, host: string): Promise<number[]> {
  const written = [];
  for await (const stored of store.audit.read(0)) {
    const read = parseAuditEvent(stored);
    if (read.kind === 'event' && read.event.actor.host === host) written.push(read.seq);
  }
  return written;
}

/** An anchor of the history as it is now. */
async function anchored({ store, names }: Opened) {
  const position = await new HistoryDigest(portsOf(store)).advance(signal);
  const run = RunId.parse('operator01');
  const by = { host: HostId.parse('desk'), agent: AgentName.parse('operator'), run };
  const about = { namespace: names.namespace, createdAt: null, at: 0, by };
  const line = anchorLine(position, about, systemSignatures.signerFor(run));
  const anchor = parseAnchor(line, systemSignatures.check);
  if (typeof anchor === 'string') throw new Error(anchor);
  return anchor;
}

describe('registry and audit rewritten with the same sequences', () => {
  test('are named event by event if the keys of the authors are missing', async () => {
    await using opened = await given();
    expect((await verdictOn(opened)).said).toEqual([]);
    const byCollector = await writtenBy(opened, 'watch');
    await writeAnew(opened, blame, 'kept');
    expect(await writtenBy(opened, 'other')).toEqual(byCollector);
    // Hashes, numbers, states, authors and records fit: nothing but the signatures shows it.
    expect((await verdictOn(opened, { check: false })).said).toEqual([]);
    const { said } = await verdictOn(opened);
    expect(new Set(said.map(({ check }) => check))).toEqual(new Set(['signature']));
    expect(said.map(({ seq }) => seq)).toEqual(expect.arrayContaining(byCollector));
  });

  test('are unsigned without keys, which is a divergence where signatures are required', async () => {
    await using opened = await given();
    await writeAnew(opened, blame, 'none');
    const lenient = await verdictOn(opened);
    expect(lenient.said).toEqual([]);
    expect(lenient.notes.unsignedEvents).toBe(lenient.events);
    const strict = await verdictOn(opened, { requireSignatures: true });
    expect(strict.said.map(({ check }) => check)).toEqual(
      Array.from({ length: strict.events }, () => 'signature'),
    );
  });

  test('disagree with an anchor if all keys are new', async () => {
    await using opened = await given();
    const anchor = await anchored(opened);
    const before = await verdictOn(opened, { anchors: [anchor] });
    expect(before.said).toEqual([]);
    expect(before.anchors).toEqual({ agreed: 1, unchecked: 0, anchoredTo: anchor.seq });
    await writeAnew(opened, blame, 'invented');
    expect((await verdictOn(opened, { requireSignatures: true })).said).toEqual([]);
    const { said, anchors } = await verdictOn(opened, { anchors: [anchor] });
    expect(said).toEqual([
      expect.objectContaining({
        ...{ seq: anchor.seq, check: 'anchor', expected: `digest ${anchor.digest}` },
        entity: 'anchor by desk/operator run operator01',
      }),
    ]);
    expect(anchors).toEqual({ agreed: 0, unchecked: 0, anchoredTo: 0 });
  });

  test('disagree with an anchor if they end before it', async () => {
    await using opened = await given();
    const anchor = await anchored(opened);
    const { said } = await verdictOn(opened, {
      anchors: [{ ...anchor, seq: anchor.seq + 1 }],
    });
    expect(said).toEqual([
      expect.objectContaining({
        ...{ seq: anchor.seq + 1, check: 'anchor', expected: `event ${anchor.seq + 1}` },
        found: expect.stringContaining(`the history ends at event ${anchor.seq}`),
      }),
    ]);
  });
});

describe('an agent that names a collector as the actor in its own chain', () => {
  test('is named, because it does not have the key of the collector', async () => {
    await using stack = new AsyncDisposableStack();
    const opened = stack.use(await openOn([context.server.url]));
    const on = { servers: [context.server.url], namespace: opened.names.namespace };
    const one = await startAgent(on, 'h1/a', ['web/1']);
    stack.defer(() => one.stop());
    const { collector } = stack.use(await startCollector(on, 'c1', 10_000));
    await until('the collector watches', () => collector.state === 'watching');
    await quiet(opened.store);
    const ports = portsOf(opened.store);
    const signer = systemSignatures.signerFor(one.agent.run);
    const forger = { actor: collector.self, ports, signer };
    const stored = readAgent(await opened.store.registry.read(agentKey(one.agent.slot)));
    if (stored.kind !== 'stored') throw new Error('the agent has a record');
    const change = transitionRun(forger, stored, { type: 'suspected', reason: 'silent' });
    if (change === 'ignored') throw new Error('the machine has the transition');
    expect(await ports.registry.commit(sealCommit([change]))).toMatchObject({
      outcome: 'committed',
    });
    await quiet(opened.store);
    const { said } = await verdictOn(opened);
    const entity = expect.stringContaining(`h1/a run ${one.agent.run}`);
    const found = `the key ${signer.key}`;
    expect(said).toEqual([expect.objectContaining({ check: 'signature', entity, found })]);
  });
});
