import { z } from 'zod';
import { type Entity, parseEntity } from '../../composition/entity-name.ts';
import { momentRule } from '../../composition/moment-expression.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { isOfSlot } from '../../domain/events/event-schema.ts';
import { Fault } from '../../domain/fault.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import { expectOne, hasEvents } from '../audit/find-entity.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { type OpenHistory, openHistory } from '../audit/open-history.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls, jsonLine } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { wrapText } from '../terminal/wrap.ts';
import type { ExplanationContext } from '../why/context.ts';
import { explain, hasRecord } from '../why/explain.ts';
import { past, present } from '../why/load-context.ts';

export const why = command({
  name: 'why',
  summary: 'explain the state of an instance or agent: cause, evidence and what happens next',
  args: '<entity>',
  settings: {
    ...source,
    at: {
      flag: '--at <moment>',
      description: `explain its state at this moment: ${momentRule}`,
      schema: z.string().min(1, momentRule).optional(),
    },
  },
  examples: [
    ['rollcall why web/db-1-web-8080', 'an instance: SERVICE/ID'],
    ['rollcall why db-1/postgres', 'an agent: HOST/AGENT, or a run id'],
    ["rollcall why web/1 --at '10m ago'", 'its state ten minutes ago'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const candidates = parseEntity(name);
    if (candidates.some(({ kind }) => kind === 'hold' || kind === 'brake' || kind === 'policy')) {
      throw new Fault('bad-name', `'${name}' is not an instance or agent`, {
        hint: `its history: rollcall audit show ${name}; active holds and brakes: rollcall gc plan`,
      });
    }
    await using opened = await openHistory(settings, io, 'why');
    const stories = await withSpinner(io, 'reading records and history', async () => {
      const placed = await Promise.all(candidates.map((one) => withRecords(one, opened)));
      const ground = await groundOf(placed, settings.at, opened, io);
      const entity = await chosen(name, placed, ground, opened);
      const told = await explain(entity, ground);
      if (told.length === 0) throw illegible(name, entity);
      return told;
    });
    for (const [n, { sentences, facts }] of stories.entries()) {
      if (settings.json) {
        io.out(jsonLine({ ...facts, sentences }));
        continue;
      }
      if (n > 0) io.out('');
      for (const line of wrapText(escapeControls(sentences.join(' ')), io.columns)) io.out(line);
    }
    return exitCodes.done;
  },
});

/** The records of a run are those of its agent, which its events name. */
async function withRecords(entity: Entity, { history }: OpenHistory): Promise<Entity> {
  if (entity.kind !== 'run') return entity;
  for await (const stored of history.read(0, entity.own)) {
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event' || !isOfSlot(read.event.of)) continue;
    const slot = agentMapKey(read.event.of);
    return { ...entity, records: [`agent.${slot}`, `instance.${slot}.>`] };
  }
  return entity;
}

async function groundOf(
  candidates: readonly Entity[],
  at: string | undefined,
  opened: OpenHistory,
  io: Terminal,
): Promise<ExplanationContext> {
  const { history, connected } = opened;
  if (connected && at === undefined) {
    return present(
      candidates.flatMap(({ records }) => records),
      connected.ports,
      history,
    );
  }
  const now = systemAdapters.clock.wall();
  return past(await locateMoment('at', at ?? 'now', history, io, now), opened, io);
}

async function chosen(
  name: string,
  candidates: readonly Entity[],
  ground: ExplanationContext,
  opened: OpenHistory,
): Promise<Entity> {
  const found: Entity[] = [];
  for (const one of candidates) {
    if (hasRecord(one, ground) || (await hasEvents(opened.history, one.own, ground.until)))
      found.push(one);
  }
  const [one] = found;
  if (one) return expectOne(one, name, found);
  const then = ground.until === Number.POSITIVE_INFINITY ? '' : ' at that moment';
  throw new Fault('not-found', `'${name}' has no record and no event in ${opened.name}${then}`, {
    hint: 'an instance is SERVICE/ID, an agent is HOST/AGENT; to list them: rollcall ps, rollcall agents',
  });
}

/** The entity has events, but none of them can be read. */
const illegible = (name: string, { exact }: Entity): Fault =>
  new Fault('event-unreadable', `no event of '${name}' can be read`, {
    hint: `to see them and why: rollcall audit tail ${exact}; to list all unreadable events: rollcall audit verify`,
  });
