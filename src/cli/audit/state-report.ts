import type { Chart } from '../../charts/model/chart-data.ts';
import { activeStates } from '../../charts/model/overlay.ts';
import { textTree } from '../../charts/text/text-tree.ts';
import { atStoredTime, describeChain } from '../../domain/events/audit-entry.ts';
import { type ChainSummary, overlayOf } from '../charts/entity-history.ts';
import { outlineLines } from '../charts/text-tree-lines.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago, dateTime, zoneName } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';
import { actorOf, stateText, whyOf } from './event-lines.ts';

/** Entity, state, time and the event that led to it. */
export function headLines(
  { last, from }: ChainSummary,
  { palette, columns }: Terminal,
  now: number,
): readonly string[] {
  const { event, seq } = atStoredTime(last);
  const by = actorOf(event) === 'itself' ? '' : ` by ${actorOf(event)}`;
  const why = whyOf(event) === '' ? '' : `: ${whyOf(event)}`;
  const came = `#${seq} ${dateTime(event.at)} ${zoneName(event.at)}, ${ago(event.at, now)} ago  ${event.event.type}${by}${why}`;
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

export function treeLines(
  chain: ChainSummary,
  chart: Chart | undefined,
  io: Terminal,
): readonly string[] {
  const { event } = chain.last;
  if (!chart) return wrapText(escapeControls(`state  ${JSON.stringify(event.to)}`), io.columns);
  const overlay = overlayOf(chain, activeStates(chart, event.to));
  return outlineLines(textTree(chart, { overlay, open: 'active' }), io);
}

/** State of the process of a run: its session and collector chains. */
export function processLines(
  { last }: ChainSummary,
  chains: readonly ChainSummary[],
  { palette }: Terminal,
): readonly string[] {
  const { of } = last.event;
  const otherChains = chains
    .filter(({ last: { event } }) => event !== last.event && event.of.run === of.run)
    .map(({ last: { event } }) =>
      palette.dim(
        escapeControls(`its ${event.of.entity}: ${stateText(event.to)} (#${event.chart})`),
      ),
    );
  return otherChains.length === 0 ? [] : ['', ...otherChains];
}

export function unknownChartLines(
  { last: { event } }: ChainSummary,
  { palette }: Terminal,
): readonly string[] {
  return [
    `${palette.dubious('note')}: it used version #${escapeControls(event.chart)} of machine '${escapeControls(event.machine)}', which is not built in and was not published: it cannot be drawn`,
    `${palette.dim('hint')}: processes publish their machines when they start; audit export writes them to FILE.charts.json`,
  ];
}

export const stateDocument = (
  { last: { seq, event }, edges }: ChainSummary,
  chart: Chart | undefined,
) => {
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
