import { z } from 'zod';
import type { Chart } from '../../charts/model/chart.ts';
import { activeStates } from '../../charts/model/overlay.ts';
import { textTree } from '../../charts/text/text-tree.ts';
import { parseEntity } from '../../composition/entity-name.ts';
import { momentRule } from '../../composition/moment-expression.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { describeChain } from '../../domain/events/audit-entry.ts';
import { Fault } from '../../domain/fault.ts';
import { chartOfRecord } from '../../runtime/transitions/publish-charts.ts';
import { actorOf, stateText, whyOf } from '../audit/event-lines.ts';
import { findEntity } from '../audit/find-entity.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import { openHistory } from '../audit/open-history.ts';
import {
  type ChainSummary,
  latestChain,
  overlayOf,
  summarizeChains,
} from '../charts/entity-history.ts';
import { outlineLines } from '../charts/text-tree-lines.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { escapeControls, jsonLine } from '../terminal/escape-terminal.ts';
import { ago, dateTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';

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
    ["rollcall show db-1/postgres --at '10m ago'", 'its state then, in the machine used then'],
    ['rollcall show hold:db-1', 'a hold; also brake:ZONE and policy'],
  ],
  async run({ settings, io, args: [name = ''] }) {
    const candidates = parseEntity(name);
    await using opened = await openHistory(settings, io, 'show');
    const { history, charts } = opened;
    const entity = await findEntity(name, candidates, opened);
    const now = systemAdapters.clock.wall();
    const { at } = settings;
    const moment = at === undefined ? undefined : await locateMoment('at', at, history, io, now);
    const lives = await summarizeChains(history, entity.own, moment, io.signal);
    const life = latestChain(lives);
    if (!life) {
      throw new Fault('not-found', `'${name}' has no event at or before that moment`, {
        hint: `its first event: rollcall audit show ${entity.exact}`,
      });
    }
    const chart = await chartOfRecord(life.last.event, charts);
    if (settings.json) io.out(jsonLine(documentOf(life, chart)));
    else {
      for (const line of headLines(life, io, now)) io.out(line);
      for (const line of treeLines(life, chart, io)) io.out(line);
      for (const line of besideLines(life, lives, io)) io.out(line);
    }
    if (chart) return exitCodes.done;
    for (const line of unknownLines(life, io)) io.err(line);
    return exitCodes.wanting;
  },
});

/** Entity, state, time and the event that led to it. */
function headLines(
  { last, from }: ChainSummary,
  { palette, columns }: Terminal,
  now: number,
): readonly string[] {
  const { event, seq } = last;
  const by = actorOf(event) === 'itself' ? '' : ` by ${actorOf(event)}`;
  const why = whyOf(event) === '' ? '' : `: ${whyOf(event)}`;
  const came = `#${seq} ${dateTime(event.at)}, ${ago(event.at, now)} ago  ${event.event.type}${by}${why}`;
  const text = [
    `${describeChain(event.of)}: ${stateText(event.to)}`,
    ...(from > 1
      ? [`counts start at its event ${from}: earlier events are no longer in the history`]
      : []),
  ];
  const [name = '', ...rest] = text.flatMap((one) => wrapText(escapeControls(one), columns));
  return [
    palette.bold(name),
    ...rest.map(palette.dim),
    ...wrapText(escapeControls(came), columns).map(palette.dim),
    '',
  ];
}

function treeLines(life: ChainSummary, chart: Chart | undefined, io: Terminal): readonly string[] {
  const { event } = life.last;
  if (!chart) return wrapText(escapeControls(`state  ${JSON.stringify(event.to)}`), io.columns);
  const overlay = overlayOf(life, activeStates(chart, event.to));
  return outlineLines(textTree(chart, { overlay, open: 'active' }), io);
}

/** State of the process of a run: its session and collector chains. */
function besideLines(
  { last }: ChainSummary,
  lives: readonly ChainSummary[],
  { palette }: Terminal,
): readonly string[] {
  const { of } = last.event;
  const beside = lives
    .filter(({ last: { event } }) => event !== last.event && event.of.run === of.run)
    .map(({ last: { event } }) =>
      palette.dim(
        escapeControls(`its ${event.of.entity}: ${stateText(event.to)} (#${event.chart})`),
      ),
    );
  return beside.length === 0 ? [] : ['', ...beside];
}

function unknownLines({ last: { event } }: ChainSummary, { palette }: Terminal): readonly string[] {
  return [
    `${palette.dubious('note')}: it used version #${escapeControls(event.chart)} of machine '${escapeControls(event.machine)}', which is not built in and was not published: it cannot be drawn`,
    `${palette.dim('hint')}: processes publish their machines when they start; audit export writes them to FILE.charts.json`,
  ];
}

const documentOf = ({ last: { seq, event }, edges }: ChainSummary, chart: Chart | undefined) => {
  const active = chart && activeStates(chart, event.to);
  return {
    ...{
      seq,
      of: event.of,
      machine: event.machine,
      chart: event.chart,
      known: chart !== undefined,
    },
    ...{ state: event.to, since: event.at, event: event.event.type, edges: event.edges },
    counts: edges,
    active: active ?? null,
    next: chart?.edges.filter(({ source }) => active?.includes(source)).map(({ id }) => id) ?? null,
  };
};
