import '../../styles/machines.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chart } from '../../../../charts/model/chart-data.ts';
import type { EdgeCounts } from '../../../history/query-types.ts';
import { readSubject } from '../../model/subject.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { connection, extent, fleet, route, setParams, version } from '../../state/store.ts';
import { useFetch, useHistoryQuery } from '../../state/use-query.ts';
import { isShortcut } from '../../widgets/shortcut.ts';
import { textOf } from '../../widgets/still.ts';
import { activeIds, occupants } from './chart-states.ts';
import { ChartView, type Zoom } from './chart-view.tsx';
import { closable, showing, toggled, writeClosed } from './collapsed-states.ts';
import type { Highlights } from './highlight-chart.ts';
import { Inspector } from './inspector.tsx';
import { MachineHead, modes } from './machine-head.tsx';
import { machineStates } from './machine-states.ts';
import { OtherChart } from './other-chart.tsx';
import { RawStates } from './raw-states.tsx';
import { StateTree } from './state-tree.tsx';
import { useClosedStates } from './use-closed-states.ts';
import { useEdgeRange } from './use-edge-range.ts';

/** A machine as a picture and an outline, with the entities that use it. */
export function MachinesScreen() {
  void version.value;
  const { params } = route.value;
  const charts = connection.value?.hello?.charts ?? {};
  const names = Object.keys(charts);
  const subject = readSubject(params['sel']);
  const machine =
    names.find((one) => one === params['machine']) ??
    (subject?.kind === 'instance' ? 'instance' : 'run');
  const actors = machineStates(fleet, machine, subject);
  const wanted = modes.find((one) => one === params['mode']);
  const mode = wanted ?? (subject && actors.mine.length > 0 ? 'actor' : 'fleet');
  const actor =
    mode === 'actor'
      ? (actors.mine.find(({ number }) => String(number) === params['actor']) ??
        actors.mine[0] ??
        actors.all[0])
      : undefined;
  const current = charts[machine] ?? '';
  const own = actor?.chart || current;
  const hash = params['chart'] || own;
  const [missing, setMissing] = useState('');
  const { value, failed } = useFetch<Chart>(hash === '' ? null : apiPath(`charts/${hash}.json`));
  const chart = value?.hash === hash ? value : undefined;
  const range = useEdgeRange(machine, actor?.number, mode === 'window');
  const counts = useHistoryQuery<EdgeCounts>({ ask: 'edges', ...range }, extent.value?.from);
  const occupancy = useMemo(
    () =>
      occupants(
        machine,
        actors.all.map(({ state }) => state),
      ),
    [version.value, machine],
  );
  const active = useMemo(
    () => (actor ? activeIds(machine, actor.state) : new Set<string>()),
    [machine, actor?.state, actor?.number],
  );
  const closed = useClosedStates(
    chart,
    actor ? active : new Set(Object.keys(occupancy)),
    actor?.number,
  );
  const chosen = params['node'] ?? '';
  const painted: Highlights = useMemo(
    () => ({
      active,
      last: actor ? (counts?.last ?? []) : [],
      nodes: mode === 'fleet' ? occupancy : {},
      edges: counts?.counts ?? {},
      chosen,
    }),
    [occupancy, active, counts, mode, chosen],
  );
  const choose = (id: string) => setParams({ node: id === chosen ? '' : id });
  const toggle = (id: string) => {
    if (chart) setParams({ node: id, closed: writeClosed(chart, toggled(closed, id)) });
  };
  const folds = chart ? closable(chart) : [];
  const zoom: Zoom = params['zoom'] === 'fit' ? 'fit' : params['zoom'] === 'f' ? 'region' : 'text';
  const focus = () => {
    if (zoom === 'region' || !chart) return setParams({ zoom: '' });
    const shown = chosen === '' ? active : new Set([...active, chosen.split('|')[0] ?? '']);
    setParams({ zoom: 'f', closed: writeClosed(chart, showing(closed, shown)) });
  };
  const latest = useRef(focus);
  latest.current = focus;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'f' && isShortcut(event)) latest.current();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  const picture = `${hash} ${closed.join()}`;
  return (
    <>
      <MachineHead
        {...{ names, machine, mode, actors, actor, hash, zoom }}
        folds={folds.length > 0}
        onFold={(open) => {
          if (chart) setParams({ closed: writeClosed(chart, open ? [] : folds) });
        }}
      />
      {hash !== current && hash !== '' ? (
        <OtherChart
          text={`Chart #${hash} is not the current version of this machine.`}
          button={`Show the current chart #${current}`}
          hash={current}
        />
      ) : own !== hash ? (
        <OtherChart text={textOf('other-version')} button={`Show its chart #${own}`} hash={own} />
      ) : null}
      {failed !== undefined || missing === picture ? (
        <p class="panel notice" data-testid="schema">
          {chart
            ? textOf('no-picture')
            : `The records use chart #${hash}, which this server does not know (${failed ?? 'no picture'}). States are shown as recorded.`}
        </p>
      ) : null}
      <div class={`machine ${zoom}`}>
        <section class="panel outline-panel" aria-label="Outline">
          {chart ? (
            <StateTree {...{ chart, painted, closed }} onChoose={choose} onToggle={toggle} />
          ) : (
            <RawStates states={actors.all.map(({ state }) => state)} />
          )}
        </section>
        <section class="panel picture" aria-label="Picture">
          {hash === '' || missing === picture || failed !== undefined ? (
            <p class="dim">No picture.</p>
          ) : !chart ? (
            <p class="dim">Drawing …</p>
          ) : (
            <ChartView
              {...{ hash, chart, closed, painted, zoom }}
              label={`Chart of machine ${machine}. ${textOf('chart-keys')} The outline has the same content.`}
              onChoose={(id) => (folds.includes(id) ? toggle(id) : choose(id))}
              onMissing={() => setMissing(picture)}
            />
          )}
        </section>
        <Inspector {...{ chart, machine, actor, painted }} all={actors.all} />
      </div>
    </>
  );
}
