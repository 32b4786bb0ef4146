import { parseEntity } from '../../composition/names/entity-name.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { atStoredTime, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { seconds } from '../../domain/time.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import { verify } from '../../runtime/audit/verify.ts';
import { actorOf, stateText, whyOf } from '../audit/event-lines.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { dateTime } from '../terminal/format-time.ts';
import type { DemoContext } from './context.ts';
import type { DemoAgent } from './demo-agent.ts';
import type { DemoEnvironment } from './environment.ts';

/** Prints the history of two agents, and replays the whole history. */
export async function showAudit(
  { stage, narrator, io }: DemoContext,
  killed: DemoAgent,
  left: DemoAgent,
) {
  await narrator.chapter(
    'Read the audit',
    'The audit has every transition, stored together with the record that it changed.',
    `The history of the killed agent, as \`rollcall audit show ${killed.name}\` prints it:`,
    '',
  );
  const death = await lifeOf(killed, stage);
  for (const event of death) {
    const text = lifeLine(event);
    const width = io.columns - 4;
    narrator.say(text.length > width ? `${text.slice(0, width - 1)}…` : text);
  }
  narrator.say('');
  const died = 'started, announced, suspected, expired, removed';
  narrator.check(`the history is complete: ${died}`, typesOf(death) === died);
  const parted = 'started, announced, withdrawn, left';
  narrator.check(
    `the history of the agent that left: ${parted}`,
    typesOf(await lifeOf(left, stage)) === parted,
  );
  const { audit, registry, clock, signatures } = stage.ports;
  const options = { onDivergence: () => {}, signal: io.signal };
  const all = await narrator.waiting('replaying the history', () =>
    verify(audit, { registry, audit, clock, signatures }, options),
  );
  const whole = all.divergences === 0 && all.events > 0;
  narrator.check(`replaying all ${all.events} transitions gives the current registry`, whole);
}

const typesOf = (life: readonly AuditEvent[]): string =>
  life.map(({ event }) => event.type).join(', ');

function lifeLine(event: AuditEvent): string {
  const why = whyOf(event);
  const by = actorOf(event) === 'itself' ? '' : ` by ${actorOf(event)}`;
  const what = `${event.event.type.padEnd(10)} ${stateText(event.to)}${by}${why && `: ${why}`}`;
  return escapeControls(`${dateTime(event.at).slice(11)}  ${what}`);
}

/** The events of an agent's run. Waits up to 5 s for the last one, as the audit follows the registry. */
async function lifeOf({ name }: DemoAgent, stage: DemoEnvironment): Promise<readonly AuditEvent[]> {
  const { clock } = systemAdapters;
  const [entity] = parseEntity(`agent:${name}`);
  const until = clock.monotonic() + seconds(5);
  for (;;) {
    const life: AuditEvent[] = [];
    for (const stored of await listed(stage, entity?.own ?? [])) {
      const read = parseAuditEvent(stored);
      if ('event' in read && read.event.of.entity === 'run') life.push(atStoredTime(read).event);
    }
    if (life.some(({ event }) => ends.has(event.type)) || clock.monotonic() > until) return life;
    await clock.sleep(100);
  }
}

const ends: ReadonlySet<string> = new Set(['removed', 'left', 'superseded']);

async function listed(
  stage: DemoEnvironment,
  filters: readonly string[],
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of stage.ports.audit.read(0, filters)) events.push(event);
  return events;
}
