import { z } from 'zod';
import { parseEntity } from '../../composition/names/entity-name.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import {
  type AuditEntry,
  atStoredTime,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import { Fault } from '../../domain/fault.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import { firstStoredAfter } from '../../runtime/operator/first-stored-after.ts';
import { actorOf, eventJson, stateText, subjectOf, whyOf } from '../audit/event-lines.ts';
import { findEntity } from '../audit/find-entity.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { nowOf, type OpenHistory, openHistory } from '../audit/open-history.ts';
import { reportOutages } from '../audit/store-outage.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { dateTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** Number of events shown without --from. With an entity or a kind, the last of these. */
const last = 20;

const fromRule = `start, or ${momentRule}`;
const Words = z
  .union([z.string().transform((text) => text.split(/[\s,]+/)), z.array(z.string())])
  .transform((words) => words.flatMap((word) => word.split(',')).filter((word) => word !== ''));

export const auditTail = command({
  name: 'audit tail',
  summary: `show the last ${last} transitions, of the fleet or of one entity; with --follow, new ones too`,
  args: '[entity]',
  settings: {
    ...source,
    from: {
      flag: '--from <moment>',
      description: `show all from there on: ${fromRule}`,
      fallback: `the last ${last}`,
      schema: z.coerce.string().min(1, fromRule).optional(),
    },
    kind: {
      flag: '--kind <kinds...>',
      description:
        'only these machines (run, instance, session, collector, hold, …) or events (suspected, expired, removed, …)',
      schema: Words.default([]),
    },
    follow: {
      flag: '-f, --follow',
      description: 'keep printing new transitions until Ctrl-C',
      schema: Switch,
    },
  },
  examples: [
    ['rollcall audit tail --follow', 'transitions as they happen'],
    [
      'rollcall audit tail db-1/postgres --from start --json',
      'all transitions of an agent and its instances',
    ],
    [
      "rollcall audit tail --from '10m ago' --kind suspected expired",
      'who was silent or died since',
    ],
  ],
  async run({ settings, io, args: [name] }) {
    const candidates = name === undefined ? undefined : parseEntity(name);
    if (settings.file !== undefined && settings.follow) {
      throw new Fault('bad-setting', '--follow cannot be used with --file: a file does not grow');
    }
    if (settings.kind.length > 0) {
      const { refuseUnknownKinds } = await import('../audit/event-kinds.ts');
      refuseUnknownKinds(settings.kind);
    }
    await using opened = await openHistory(settings, io, 'audit tail');
    const { history } = opened;
    const entity = candidates && (await findEntity(name ?? '', candidates, opened));
    const isWanted = wantedBy(settings.kind);
    const say = (stored: StoredEvent) => {
      const read = parseAuditEvent(stored);
      if (isWanted(read)) io.out(settings.json ? eventJson(read) : tailLine(read, io));
    };
    const range = await history.range();
    const start = await startOf(settings.from, opened, io);
    const isAll = entity === undefined && settings.kind.length === 0;
    const from = start?.seq ?? (isAll ? range.last - last + 1 : 0);
    const kept: StoredEvent[] = [];
    let seen = 0;
    for await (const stored of history.read(from, entity?.all)) {
      if (io.signal.aborted) return exitCodes.done;
      if (stored.storedAt < (start?.at ?? 0) || !isWanted(parseAuditEvent(stored))) continue;
      seen = stored.seq;
      if (start !== undefined) say(stored);
      else if (kept.push(stored) > last) kept.shift();
    }
    for (const stored of kept) say(stored);
    if (settings.follow && opened.connected) {
      const next = Math.max(seen, range.last) + 1;
      const { audit, clock } = opened.connected.ports;
      const reporting = reportOutages(audit, clock, io, io.signal);
      for await (const stored of audit.follow(next, io.signal, entity?.all)) say(stored);
      await reporting;
    } else if (seen === 0 && !settings.json) {
      io.out(
        `the audit of ${opened.name} has no event${isAll ? '' : ' of that kind'}${start ? ' from that moment on' : isAll ? ' yet' : ''}`,
      );
    }
    return exitCodes.done;
  },
});

/** Where `--from` begins: at a sequence, and not before a time. Undefined: it is not given. */
async function startOf(
  from: string | undefined,
  opened: OpenHistory,
  io: Terminal,
): Promise<{ readonly seq: Revision; readonly at?: WallTime } | undefined> {
  if (from === undefined) return undefined;
  if (from === 'start') return { seq: 0 };
  const { history, connected } = opened;
  const moment = await locateMoment('from', from, history, io, await nowOf(opened));
  if ('seq' in moment) return { seq: moment.seq };
  if ('before' in moment) return { seq: Math.max(0, moment.before - 1) };
  // A file is read from its beginning in any case.
  return { seq: connected ? await firstStoredAfter(history, moment.at) : 0, at: moment.at };
}

const wantedBy =
  (kinds: readonly string[]) =>
  (read: AuditEntry | UnreadableEvent): boolean =>
    kinds.length === 0 ||
    (read.kind === 'event' &&
      (kinds.includes(read.event.of.entity) || kinds.includes(read.event.event.type)));

/** One transition on one line of any length. */
function tailLine(read: AuditEntry | UnreadableEvent, { palette }: Terminal): string {
  const seq = palette.dim(`#${read.seq}`);
  if (read.kind === 'illegible') {
    return `${seq} ${palette.dubious('cannot be read')}: ${escapeControls(`${read.subject}: ${read.why}`)}`;
  }
  const { event } = atStoredTime(read);
  const from = stateText(event.from);
  const to = stateText(event.to);
  const step = from === to ? to : `${from && `${from} → `}${to}`;
  const by =
    actorOf(event) === 'itself' ? '' : `  ${palette.dim('by')} ${escapeControls(actorOf(event))}`;
  const why = whyOf(event);
  const who = palette.bold(escapeControls(subjectOf(event)));
  const what = `${event.of.entity} ${who}  ${event.event.type}: ${escapeControls(step)}${by}`;
  return `${seq} ${palette.dim(dateTime(event.at).slice(11))} ${what}${why && `  ${palette.dim(escapeControls(why))}`}`;
}
