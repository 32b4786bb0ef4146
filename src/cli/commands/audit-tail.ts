import { z } from 'zod';
import { parseEntity } from '../../composition/names/entity-name.ts';
import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import { Fault } from '../../domain/fault.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import { actorOf, eventJson, stateText, subjectOf, whyOf } from '../audit/event-lines.ts';
import { findEntity } from '../audit/find-entity.ts';
import { openHistory } from '../audit/open-history.ts';
import { reportOutages } from '../audit/store-outage.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { dateTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** Number of events shown without --from. */
const last = 20;

const From = z
  .union([z.literal('start').transform(() => 1), z.coerce.number().int().min(1)], {
    error: 'a sequence of the audit, or start',
  })
  .optional();

export const auditTail = command({
  name: 'audit tail',
  summary: `show the last ${last} transitions, of the fleet or of one entity; with --follow, new ones too`,
  args: '[entity]',
  settings: {
    ...source,
    from: { flag: '--from <seq>', description: 'first sequence to show, or start', schema: From },
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
  ],
  async run({ settings, io, args: [name] }) {
    const candidates = name === undefined ? undefined : parseEntity(name);
    if (settings.file !== undefined && settings.follow) {
      throw new Fault('bad-setting', '--follow cannot be used with --file: a file does not grow');
    }
    await using opened = await openHistory(settings, io, 'audit tail');
    const { history } = opened;
    const entity = candidates && (await findEntity(name ?? '', candidates, opened));
    const say = (stored: StoredEvent) => {
      const read = parseAuditEvent(stored);
      io.out(settings.json ? eventJson(read) : tailLine(read, io));
    };
    const range = await history.range();
    const from = settings.from ?? (entity ? 0 : range.last - last + 1);
    const kept: StoredEvent[] = [];
    let seen = 0;
    for await (const stored of history.read(from, entity?.all)) {
      if (io.signal.aborted) return exitCodes.done;
      seen = stored.seq;
      if (settings.from !== undefined) say(stored);
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
        `the audit of ${opened.name} has no event${settings.from ? ' from that sequence on' : ' yet'}`,
      );
    }
    return exitCodes.done;
  },
});

/** One transition on one line of any length. */
function tailLine(read: AuditEntry | UnreadableEvent, { palette }: Terminal): string {
  const seq = palette.dim(`#${read.seq}`);
  if (read.kind === 'illegible') {
    return `${seq} ${palette.dubious('cannot be read')}: ${escapeControls(`${read.subject}: ${read.why}`)}`;
  }
  const { event } = read;
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
