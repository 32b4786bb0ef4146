import { hashEvent } from '../../domain/chain.ts';
import { seconds } from '../../domain/time.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import { entitiesNamed } from '../audit-entity.ts';
import { actorOf, readEvent, stateText, whyOf } from '../audit-event.ts';
import { system } from '../compose.ts';
import { printable } from '../printable.ts';
import { dateTime } from '../times.ts';
import type { Actor } from './actor.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

const life = ['started', 'announced', 'suspected', 'expired', 'removed'];

/** Reads the life of the one that was killed, and checks that no link of any chain is missing. */
export async function tellAudit(stage: Stage, narrator: Narrator, killed: Actor, width: number) {
  await narrator.chapter(
    'What happened?',
    'Every transition went into the audit together with the record it changed.',
    `This is the whole life of the one that was killed, as \`rollcall audit show ${killed.name}\` tells it:`,
    '',
  );
  const [entity] = entitiesNamed(`agent:${killed.name}`);
  const events = await whole(stage, entity?.own ?? []);
  const told: string[] = [];
  for (const stored of events) {
    const read = readEvent(stored);
    if (!('event' in read) || read.event.of.entity !== 'run') continue;
    const { event } = read;
    told.push(event.event.type);
    const why = whyOf(event);
    const by = actorOf(event) === 'itself' ? '' : ` by ${actorOf(event)}`;
    const line = `${dateTime(event.at).slice(11)}  ${event.event.type.padEnd(10)} ${stateText(event.to)}${by}${why && `: ${why}`}`;
    const text = printable(line);
    narrator.say(text.length > width - 2 ? `${text.slice(0, width - 3)}…` : text);
  }
  narrator.say('');
  narrator.check(
    `its life is told from start to end: ${life.join(', ')}`,
    told.join() === life.join(),
  );
  const all = await listed(stage, []);
  narrator.check(`${all.length} transitions in all, and no chain has a gap`, unbroken(all));
}

/** The audit follows the registry within a moment; the last event of this life is waited for. */
async function whole(stage: Stage, filters: readonly string[]): Promise<readonly StoredEvent[]> {
  const { clock } = system;
  const until = clock.monotonic() + seconds(5);
  for (;;) {
    const events = await listed(stage, filters);
    const over = events.some(({ text }) => text.includes('"type":"removed"'));
    if (over || clock.monotonic() > until) return events;
    await clock.sleep(100);
  }
}

async function listed(stage: Stage, filters: readonly string[]): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of stage.ports.audit.read(0, filters)) events.push(event);
  return events;
}

/** Whether each event names the hash of the one before it in its chain. */
export function unbroken(events: readonly StoredEvent[]): boolean {
  const heads = new Map<string, { n: number; hash: string }>();
  return events.every((stored) => {
    const read = readEvent(stored);
    if (!('event' in read)) return false;
    const { n, prev } = read.event;
    const chain = stored.subject.slice(0, stored.subject.lastIndexOf('.'));
    const head = heads.get(chain);
    heads.set(chain, { n, hash: hashEvent(stored.text) });
    return head === undefined ? n === 1 : n === head.n + 1 && prev === head.hash;
  });
}
