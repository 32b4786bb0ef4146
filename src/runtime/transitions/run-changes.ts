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
import { type SealedChange, sealNext } from './seal-changes.ts';

const machine = new MemoizedMachine(run);

const runChain = ({ host, agent, run }: AgentRecord): ChainRef => ({
  entity: 'run',
  host,
  agent,
  run,
});
/** The fields that a run supplies for the record of its slot. */
export type Claim = Pick<
  AgentRecord,
  'host' | 'agent' | 'run' | 'ttl' | 'grace' | 'process' | 'startedAt'
> &
  Partial<Pick<AgentRecord, 'zone' | 'address'>>;

/**
 * Builds the record of a run that takes its slot, over whatever the key contains. The chain of an
 * earlier run ends in the same batch: `superseded`, or `removed` if it had expired.
 */
export function buildClaim(
  author: Author,
  over: RecordRead<AgentRecord>,
  claim: Claim,
  provenance: Provenance,
): Change {
  const ended =
    over.kind === 'stored'
      ? endRun(author, over, over.record.phase === 'expired' ? 'removed' : 'superseded', provenance)
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
    { of, n: 1, prev: null },
    run,
    machine.initialTransition(),
    { type: 'started' },
    body,
    provenance,
  );
  return {
    author,
    key: over.key,
    expectedRevision: over.revision,
    record: body,
    events: [...(ended ? [ended] : []), started],
  };
}

/** The claim of a run whose instances are registered with it: announced in the same write. */
export function announceClaim(claim: Change, sealed: SealedChange): SealedChange {
  const { author, key } = claim;
  const record = sealed.record as AgentRecord;
  // Revision 0: the term of the record is the revision of this very write.
  const announced = transitionRun(
    author,
    { kind: 'stored', key, revision: 0, record },
    { type: 'announced' },
  );
  if (announced === 'ignored') throw new Error('a run that starts can be announced');
  return sealNext(sealed, announced);
}

function endRun(author: Author, stored: StoredAgent, type: string, provenance: Provenance) {
  const step = transitionOrThrow(machine, runMachineState(stored.record), { type });
  return chainEvent(
    author,
    { of: runChain(stored.record), n: stored.record.n + 1, prev: stored.record.hash },
    run,
    step,
    { type },
    null,
    provenance,
  );
}

export type RunTransition =
  | { type: 'confirmed' | 'announced' | 'regranted' | 'withdrawn' | 'expired' }
  | { type: 'suspected'; reason: SuspectReason };

/** One transition of a run whose record remains; `ignored` if the machine has none. */
export function transitionRun(
  author: Author,
  stored: StoredAgent,
  event: RunTransition,
  provenance: Provenance = {},
): Change | 'ignored' {
  const step = machine.transition({ value: runMachineState(stored.record) }, event);
  if (step === 'ignored') return 'ignored';
  const reason = event.type === 'suspected' ? event.reason : undefined;
  const at = author.ports.clock.wall();
  const { hash: prev, ...rest } = withRunTransition(
    stored.record,
    stored.revision,
    step.to,
    at,
    reason,
  );
  const body = { ...rest, n: stored.record.n + 1 };
  const position = { of: runChain(stored.record), n: body.n, prev };
  const next = chainEvent(author, position, run, step, event, body, provenance);
  return updateRecord(author, stored, body, next);
}

/**
 * The last transition of a run, which removes its record: `left` by itself, or `removed` after it
 * expired.
 */
export function removeRun(
  author: Author,
  stored: StoredAgent,
  type: 'left' | 'removed',
  provenance: Provenance = {},
): Change {
  return updateRecord(author, stored, undefined, endRun(author, stored, type, provenance));
}
