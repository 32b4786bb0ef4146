import { z } from 'zod';
import { type Entity, parseEntity } from '../../composition/names/entity-name.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import { Fault } from '../../domain/fault.ts';
import { RunId } from '../../domain/identity/names.ts';
import type { History } from '../../ports/audit.ts';
import { hasEvents } from '../audit/find-entity.ts';
import { openHistory } from '../audit/open-history.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { wrapText } from '../terminal/wrap.ts';
import { explainGroups, parseGroup } from '../why/explain-group.ts';
import { explainNamed } from '../why/explain-named.ts';
import { groupLines } from '../why/group-lines.ts';
import { contextOf } from '../why/resolve-entity.ts';

export const why = command({
  name: 'why',
  summary:
    'explain the state of an instance, agent, service or host: cause, evidence and what happens next',
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
    [
      'rollcall why web',
      'all instances of a service, also those that were lost in the last 24 hours',
    ],
    ['rollcall why db-1', 'all agents of a host; service:db and host:db tell them apart'],
    ["rollcall why web/1 --at '10m ago'", 'its state ten minutes ago'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const group = parseGroup(name);
    const candidates = group && !RunId.safeParse(name).success ? [] : parseEntity(name);
    if (candidates.some(({ kind }) => ofTheFleet.includes(kind))) {
      throw new Fault('bad-name', `'${name}' is not an instance or agent`, {
        hint: `its history: rollcall audit show ${shellWord(name)}; active holds, drains and brakes: rollcall agents`,
      });
    }
    await using opened = await openHistory(settings, io, 'why');
    const load = (entities: readonly Entity[]) => contextOf(entities, settings.at, opened, io);
    // A run id is also the name of a service or of a host, if no run has it.
    const isGroup = group && !(await hasRun(candidates, opened.history));
    const groups = isGroup
      ? await withSpinner(io, 'reading records and history', () =>
          explainGroups(group, opened, load),
        )
      : [];
    const explained = isGroup
      ? groups.flatMap(({ members }) => members.flatMap(({ explanations }) => explanations))
      : await withSpinner(io, 'reading records and history', () =>
          explainNamed(name, candidates, opened, load),
        );
    if (settings.json) {
      for (const { sentences, facts } of explained) io.out(documentLine({ ...facts, sentences }));
      return exitCodes.done;
    }
    const paragraphs = isGroup
      ? groups.map((one) => groupLines(one, io))
      : explained.map(({ sentences }) => wrapText(escapeControls(sentences.join(' ')), io.columns));
    for (const [n, lines] of paragraphs.entries()) {
      if (n > 0) io.out('');
      for (const line of lines) io.out(line);
    }
    return exitCodes.done;
  },
});

async function hasRun(candidates: readonly Entity[], history: History): Promise<boolean> {
  for (const one of candidates) if (await hasEvents(history, one.own)) return true;
  return false;
}

/** Kinds of entities that have no state to explain. */
const ofTheFleet: readonly Entity['kind'][] = ['hold', 'drain', 'brake', 'policy'];
