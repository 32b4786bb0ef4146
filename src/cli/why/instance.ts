import { toInstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import type { StoredInstance } from '../../domain/records/stored-record.ts';
import {
  agentOf,
  type Explanation,
  type ExplanationContext,
  type InstanceContext,
  observed,
  type Paragraph,
} from './context.ts';
import { doubtWords, pastDoubts } from './doubts.ts';
import {
  contested,
  dead,
  orphan,
  superseded,
  suspect,
  unknownOwner,
  unobserved,
} from './dubious-instance.ts';
import { draining, failing, live } from './healthy-instance.ts';
import { slotName } from './phrases.ts';
import { RunLife } from './run-history.ts';
import { clockWords, instanceInServerTime } from './server-time.ts';

/** Explains the state of an instance and what happens next. */
export async function tellInstance(
  stored: StoredInstance,
  slot: AgentView,
  context: ExplanationContext,
): Promise<Explanation> {
  const { record } = stored;
  const row = toInstanceRow(stored, slot, context.fleet, observed(context));
  const life = await RunLife.read(context.history, record, context.until);
  const lease = await context.lease(record);
  const name = `${record.service}/${record.id} on ${slotName(record)}`;
  const inServerTime = { ...stored, record: await instanceInServerTime(record, life, context) };
  const one: InstanceContext = { context, stored: inServerTime, slot, row, name, life, lease };
  const paragraph = await describerOf(one)(one);
  const agent = slot.agent?.kind === 'stored' ? slot.agent.record : undefined;
  const doubts = pastDoubts(life, inServerTime.record.registeredAt, context.now);
  const [what, before, next] = paragraph.sentences;
  const sentences = [what, `${before}${doubtWords(doubts, context.now)}`, next];
  return {
    sentences: [...sentences, ...clockWords(record.host, life)],
    facts: {
      kind: 'instance',
      ...row,
      lease: lease ?? null,
      holder: agent
        ? {
            run: agent.run,
            phase: agent.phase,
            suspect: agent.suspect ?? null,
            ttl: agent.ttl,
            grace: agent.grace,
          }
        : null,
      doubts: doubts.map(({ reason, from, to, seq }) => ({ reason, from, to, seq })),
      next: paragraph.next,
    },
  };
}

type Describer = (one: InstanceContext) => Paragraph | Promise<Paragraph>;

function describerOf(one: InstanceContext): Describer {
  const { row, slot } = one;
  if (row.state !== 'dubious') return { live, failing, draining }[row.state];
  // Even if another registration of the name is valid now: explain this one, not the other.
  if (isOfTheDead(one)) return dead;
  switch (row.reason) {
    case 'superseded':
      return superseded;
    case 'orphan':
      return orphan;
    case 'contested':
      return contested;
    case 'unobserved':
      return slot.agent?.kind === 'unreadable' ? unknownOwner : unobserved;
    default:
      return suspect;
  }
}

/** Its own run is the current run of the agent, and is expired. */
const isOfTheDead = ({ stored, slot }: InstanceContext): boolean => {
  const agent = agentOf(slot)?.record;
  return agent?.run === stored.record.run && agent.phase === 'expired';
};
