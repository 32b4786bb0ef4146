import { runMachineState, withRunTransition } from '../../domain/events/apply-transition.ts';
import type { ChainRef } from '../../domain/events/event-schema.ts';
import {
  type AgentRecord,
  recordVersion,
  type SuspectReason,
} from '../../domain/records/schemas.ts';
import type { RecordRead, StoredAgent } from '../../domain/records/stored-record.ts';
import { run } from './machine-set.ts';
import { MemoizedMachine } from './memoized-transition.ts';
import {
  type Author,
  type Change,
  chainEvent,
  type Provenance,
  transitionOrThrow,
  updateRecord,
} from './record-change.ts';
import { initialTransition, transition } from './transition.ts';

const steps = new MemoizedMachine(run);

const runChain = ({ host, agent, run }: AgentRecord): ChainRef => ({
  entity: 'run',
  host,
  agent,
  run,
});
/** What a run brings along into its slot's record. */
export type Claim = Pick<
  AgentRecord,
  'host' | 'agent' | 'run' | 'ttl' | 'grace' | 'process' | 'startedAt'
> &
  Partial<Pick<AgentRecord, 'zone' | 'address'>>;

/**
 * A run takes its slot over whatever stands there. The chain of a run that held it ends in the same
 * batch: `superseded`, or `gone` where it was expired.
 */
export function buildClaim(
  author: Author,
  over: RecordRead<AgentRecord>,
  claim: Claim,
  because: Provenance,
): Change {
  const ended =
    over.kind === 'stored'
      ? endRun(author, over, over.record.phase === 'expired' ? 'removed' : 'superseded', because)
      : undefined;
  const at = author.ports.clock.wall();
  const body = {
    v: recordVersion,
    ...claim,
    term: 0,
    phase: 'registering',
    since: at,
    n: 1,
  } as const;
  const of: ChainRef = { entity: 'run', host: claim.host, agent: claim.agent, run: claim.run };
  const started = chainEvent(
    author,
    { of, n: 1, prev: ended?.head.hash ?? null },
    run,
    initialTransition(run),
    { type: 'started' },
    body,
    because,
  );
  return {
    write: {
      key: over.key,
      expectedRevision: over.revision,
      text: JSON.stringify({ ...body, hash: started.head.hash }),
    },
    events: [...(ended ? [ended.write] : []), started.write],
    head: started.head,
  };
}

function endRun(author: Author, stored: StoredAgent, type: string, because: Provenance) {
  const taken = transitionOrThrow(steps, runMachineState(stored.record), { type });
  return chainEvent(
    author,
    { of: runChain(stored.record), n: stored.record.n + 1, prev: stored.record.hash },
    run,
    taken,
    { type },
    null,
    because,
  );
}

export type RunTransition =
  | { type: 'confirmed' | 'announced' | 'regranted' | 'withdrawn' | 'expired' }
  | { type: 'suspected'; reason: SuspectReason };

/** One transition of a run that keeps its record; `ignored` where the machine has none. */
export function transitionRun(
  author: Author,
  stored: StoredAgent,
  event: RunTransition,
  because: Provenance = {},
): Change | 'ignored' {
  const taken = transition(run, { value: runMachineState(stored.record) }, event);
  if (taken === 'ignored') return 'ignored';
  const reason = event.type === 'suspected' ? event.reason : undefined;
  const at = author.ports.clock.wall();
  const { hash: prev, ...moved } = withRunTransition(
    stored.record,
    stored.revision,
    taken.to,
    at,
    reason,
  );
  const body = { ...moved, n: stored.record.n + 1 };
  const link = { of: runChain(stored.record), n: body.n, prev };
  const sealed = chainEvent(author, link, run, taken, event, body, because);
  return updateRecord(stored, { ...body, hash: sealed.head.hash }, sealed);
}

/** The end of a run whose record goes: `left` by itself, or `removed` after it was expired. */
export function removeRun(
  author: Author,
  stored: StoredAgent,
  type: 'left' | 'removed',
  because: Provenance = {},
): Change {
  const sealed = endRun(author, stored, type, because);
  return updateRecord(stored, undefined, sealed);
}
