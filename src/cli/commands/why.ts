import { z } from 'zod';
import { type Entity, parseEntity } from '../../composition/names/entity-name.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import { Fault } from '../../domain/fault.ts';
import { openHistory } from '../audit/open-history.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { wrapText } from '../terminal/wrap.ts';
import { explainNamed } from '../why/explain-named.ts';
import { contextOf } from '../why/resolve-entity.ts';

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
    if (candidates.some(({ kind }) => ofTheFleet.includes(kind))) {
      throw new Fault('bad-name', `'${name}' is not an instance or agent`, {
        hint: `its history: rollcall audit show ${name}; active holds, drains and brakes: rollcall agents`,
      });
    }
    await using opened = await openHistory(settings, io, 'why');
    const explained = await withSpinner(io, 'reading records and history', () =>
      explainNamed(name, candidates, opened, (entities) =>
        contextOf(entities, settings.at, opened, io),
      ),
    );
    for (const [n, { sentences, facts }] of explained.entries()) {
      if (settings.json) {
        io.out(documentLine({ ...facts, sentences }));
        continue;
      }
      if (n > 0) io.out('');
      for (const line of wrapText(escapeControls(sentences.join(' ')), io.columns)) io.out(line);
    }
    return exitCodes.done;
  },
});

/** Kinds of entities that have no state to explain. */
const ofTheFleet: readonly Entity['kind'][] = ['hold', 'drain', 'brake', 'policy'];
