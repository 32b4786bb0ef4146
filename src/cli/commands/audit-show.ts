import { type Entity, parseEntity } from '../../composition/names/entity-name.ts';
import {
  type AuditEntry,
  atStoredTime,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import type { History } from '../../ports/audit.ts';
import { actorOf, eventJson, stateText, subjectOf, whyOf } from '../audit/event-lines.ts';
import { Causes } from '../audit/find-cause.ts';
import { findEntity } from '../audit/find-entity.ts';
import { openHistory } from '../audit/open-history.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { dateTime, zoneName } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { shellWord } from '../terminal/shell-quoted.ts';
import { wrapText } from '../terminal/wrap.ts';
import { type OwnerTransition, ownerTransitions } from '../why/owner-transitions.ts';

export const auditShow = command({
  name: 'audit show',
  summary:
    'show the history of one agent, run or instance: each transition with time, actor and reason',
  args: '<entity>',
  settings: source,
  examples: [
    ['rollcall audit show db-1/postgres', 'an agent: HOST/AGENT, all its runs'],
    [
      'rollcall audit show web/db-1-web-8080',
      'an instance: SERVICE/ID, of any owner, and when it was dubious through its owner',
    ],
    ['rollcall audit show agent:web/1', 'agent: is needed if an instance has this name too'],
    ['rollcall audit show hold:db-1', 'the holds of a host; also brake:ZONE and policy'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const candidates = parseEntity(name);
    await using opened = await openHistory(settings, io, 'audit show');
    const { history } = opened;
    const entity = await findEntity(name, candidates, opened);
    const causes = new Causes(history);
    const doubts =
      settings.json || entity.kind !== 'instance' ? [] : await doubtsOf(entity, history);
    const before = (seq: number): readonly OwnerTransition[] =>
      doubts.splice(0, doubts.filter(({ entry }) => entry.seq < seq).length);
    let shown = 0;
    let run = '';
    let day = '';
    for await (const stored of history.read(0, entity.own)) {
      if (io.signal.aborted) break;
      const parsed = parseAuditEvent(stored);
      shown += 1;
      if (settings.json) {
        io.out(eventJson(parsed));
        continue;
      }
      const read = parsed.kind === 'event' ? atStoredTime(parsed) : parsed;
      for (const one of before(stored.seq)) for (const line of doubtLines(one, io)) io.out(line);
      if (read.kind === 'event' && (read.event.of.run !== run || dayOf(read.event) !== day)) {
        ({ run } = read.event.of);
        day = dayOf(read.event);
        io.out(headOf(read.event, io));
      }
      for (const line of lifeLines(read, await causes.of(read), io)) io.out(line);
    }
    if (settings.json) return exitCodes.done;
    for (const one of before(Number.POSITIVE_INFINITY))
      for (const line of doubtLines(one, io)) io.out(line);
    const more =
      entity.kind !== 'agent' && entity.kind !== 'run'
        ? ''
        : `; with its instances: rollcall audit tail ${shellWord(entity.exact)}`;
    io.out(io.palette.dim(`\n${plural(shown, 'transition')}${more}`));
    return exitCodes.done;
  },
});

/** When the instance was dubious through its owner. */
async function doubtsOf({ own }: Entity, history: History): Promise<OwnerTransition[]> {
  const entries: AuditEntry[] = [];
  for await (const stored of history.read(0, own)) {
    const read = parseAuditEvent(stored);
    if (read.kind === 'event') entries.push(read);
  }
  return [...(await ownerTransitions(history, entries))];
}

/** A transition of the owner, and what it means for the instance. */
function doubtLines({ entry, doubt }: OwnerTransition, io: Terminal): readonly string[] {
  const [first = '', ...reasons] = lifeLines(entry, undefined, io, `${subjectOf(entry.event)} `);
  const meaning =
    doubt.kind === 'begins'
      ? `the instance is dubious: ${doubt.reason}`
      : 'the instance is no longer dubious';
  return [first, `${' '.repeat(8)}${io.palette.dubious(meaning)}`, ...reasons];
}

const dayOf = ({ at }: AuditEvent): string => dateTime(at).slice(0, 10);

function headOf({ of, at }: AuditEvent, { palette }: Terminal): string {
  const what =
    of.entity === 'instance'
      ? `${of.service}/${of.id}, owned by ${of.host}/${of.agent}`
      : subjectOf({ of });
  return `\n${palette.bold(escapeControls(what))}  ${palette.dim(`run ${of.run}  ${dateTime(at).slice(0, 10)} ${zoneName(at)}`)}`;
}

/** The transition on one line, and its reasons below. */
function lifeLines(
  read: AuditEntry | UnreadableEvent,
  cause: string | undefined,
  { palette, columns }: Terminal,
  owner = '',
): readonly string[] {
  if (read.kind === 'illegible') {
    const { seq, subject, why } = read;
    return [palette.dubious(`  #${seq} cannot be read: ${escapeControls(`${subject}: ${why}`)}`)];
  }
  const { event } = read;
  const time = palette.dim(`#${read.seq} ${dateTime(event.at).slice(11)}`);
  const from = stateText(event.from);
  const to = stateText(event.to);
  const step = from === to ? to : `${from && `${from} → `}${to}`;
  const by = actorOf(event);
  const whose =
    event.of.entity === 'session' || event.of.entity === 'collector'
      ? `${event.of.entity} `
      : owner && `owner ${escapeControls(owner)}`;
  const line = `${time}  ${palette.dim(whose)}${escapeControls(event.event.type).padEnd(12)}  ${escapeControls(step)}`;
  const why = [whyOf(event), cause ?? ''].filter((part) => part !== '').map(escapeControls);
  return [
    `  ${line}${by === 'itself' ? '' : `  ${palette.dim('by')} ${escapeControls(by)}`}`,
    ...why
      .flatMap((text) => wrapText(text, columns - 8))
      .map((part) => `${' '.repeat(8)}${palette.dim(part)}`),
  ];
}
