import { z } from 'zod';
import { parseEntity } from '../../composition/names/entity-name.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import { Fault } from '../../domain/fault.ts';
import { chartOfRecord } from '../../runtime/transitions/publish-charts.ts';
import { findEntity } from '../audit/find-entity.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { nowOf, openHistory } from '../audit/open-history.ts';
import {
  headLines,
  processLines,
  stateDocument,
  treeLines,
  unknownChartLines,
} from '../audit/state-report.ts';
import { latestChain, summarizeChains } from '../charts/entity-history.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

export const show = command({
  name: 'show',
  summary:
    'show the state machine of an agent, run or instance: current state and possible transitions',
  args: '<entity>',
  settings: {
    ...source,
    at: {
      flag: '--at <moment>',
      description: momentRule,
      schema: z.string().min(1, momentRule).optional(),
    },
  },
  examples: [
    ['rollcall show db-1/postgres', 'an agent: HOST/AGENT, its latest run'],
    ['rollcall show web/db-1-web-8080', 'an instance: SERVICE/ID'],
    ["rollcall show db-1/postgres --at '10m ago'", 'its past state, in the machine of that time'],
    ['rollcall show hold:db-1', 'a hold; also brake:ZONE and policy'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const candidates = parseEntity(name);
    await using opened = await openHistory(settings, io, 'show');
    const { history, charts } = opened;
    const entity = await findEntity(name, candidates, opened);
    const now = await nowOf(opened);
    const { at } = settings;
    const moment = at === undefined ? undefined : await locateMoment('at', at, history, io, now);
    const chains = await summarizeChains(history, entity.own, moment, io.signal);
    const chain = latestChain(chains);
    if (!chain) {
      throw new Fault('not-found', `'${name}' has no event at or before that moment`, {
        hint: `its first event: rollcall audit show ${shellWord(entity.exact)}`,
      });
    }
    const chart = await chartOfRecord(chain.last.event, charts);
    if (settings.json) io.out(documentLine(stateDocument(chain, chart)));
    else {
      for (const line of headLines(chain, io, now)) io.out(line);
      for (const line of treeLines(chain, chart, io)) io.out(line);
      for (const line of processLines(chain, chains, io)) io.out(line);
    }
    if (chart) return exitCodes.done;
    for (const line of unknownChartLines(chain, io)) io.err(line);
    return exitCodes.wanting;
  },
});
