import { setTimeout as pause } from 'node:timers/promises';
import { AgentName, HostId } from '../domain/identity/names.ts';
import type { Revision } from '../domain/time.ts';
import { Keyframer } from '../runtime/audit/keyframes/keyframe-writer.ts';
import { collector } from '../runtime/transitions/machine-set.ts';
import { ProcessChain } from '../runtime/transitions/process-chain.ts';
import { history } from './history.ts';
import type { Stage } from './stage.ts';

/** Events: so that the outbox, and the server's memory, stay small. */
const tidyEvery = 10_000;
/** A fleet whose changes fall on many keys, so that one commit takes many of them. */
const fleet = { agents: 2000, instances: 5, together: 300 };

export interface Filled {
  readonly events: number;
  readonly keyframe: Revision;
}

/**
 * Commits a history as its agents and collectors would have, and keeps a keyframe, signed, as a
 * collector does, so many events before its end.
 */
export async function fillAudit(events: number, tail: number, stage: Stage): Promise<Filled> {
  const { ports, signal } = stage;
  let stored = 0;
  let kept: Kept | undefined;
  for (const commit of history(events, { ...fleet, after: await lastRevision(stage) })) {
    signal.throwIfAborted();
    const { outcome } = await ports.registry.commit(commit);
    if (outcome !== 'committed') throw new Error(`the history was not stored: ${outcome}`);
    const before = stored;
    stored += commit.events.length;
    if (Math.floor(stored / tidyEvery) > Math.floor(before / tidyEvery)) {
      stage.say(`storing a history: ${Math.floor((stored / events) * 100)} %`);
      await ports.audit.tidy();
    }
    if (kept || stored < events - tail) continue;
    await audited(stored, stage);
    stage.say(`making a keyframe of ${stored} events`);
    kept = await keepKeyframe(stage);
  }
  if (!kept) throw new Error('no keyframe was made');
  // Only now: the history counts on it that nobody else writes.
  await sign(kept, stage);
  await audited(stored + signing, stage);
  return { events: stored, keyframe: kept.seq };
}

interface Kept {
  readonly seq: Revision;
  readonly digest: string;
}

/** Resolves when the audit has so many events. */
async function audited(events: number, { ports, signal }: Stage): Promise<void> {
  while ((await ports.audit.range()).last < events) await pause(50, undefined, { signal });
}

async function lastRevision({ bare, names }: Stage): Promise<Revision> {
  const reply = await bare.request(`$JS.API.STREAM.INFO.${names.registry.stream}`);
  return reply.json<{ state: { last_seq: number } }>().state.last_seq;
}

async function keepKeyframe({ ports, signal }: Stage): Promise<Kept | undefined> {
  let kept: Kept | undefined;
  const keyframer = new Keyframer(ports, (seq, digest) => {
    kept = { seq, digest };
    return true;
  });
  await keyframer.look(signal);
  return kept;
}

/** How many events a signature takes: a collector sits down, sees, and signs. */
const signing = 3;

async function sign(kept: Kept, { ports, signal }: Stage): Promise<void> {
  const actor = {
    host: HostId.parse('watch'),
    agent: AgentName.parse('bench'),
    run: ports.entropy.runId(),
  };
  const chain = new ProcessChain(
    { entity: 'collector', ...actor },
    { actor, ports },
    collector,
    ports,
  );
  for (const event of [
    { type: 'seated', seat: 1 },
    { type: 'sighted' },
    { type: 'kept', ...kept },
  ]) {
    chain.take(event);
  }
  await chain.flushed(signal);
}
