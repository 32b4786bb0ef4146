import { useEffect, useMemo, useState } from 'preact/hooks';
import type { EdgeCounts } from '../questions.ts';
import { useAnswer, useFetched } from './answers.ts';
import { apiPath } from './api-path.ts';
import { activeIds, type ChartData, occupants } from './chart-states.ts';
import { ChartView, type Painted } from './chart-view.tsx';
import { Inspector } from './inspector.tsx';
import { machineStates } from './machine-states.ts';
import { Outline } from './outline.tsx';
import { extent, link, moment, roll, route, setWords, version } from './store.ts';
import { entityName, readSubject } from './subject.ts';
import { readWindow } from './timeline-scale.ts';
import { Words } from './words.tsx';

const modes = ['actor', 'fleet', 'window', 'coverage'] as const;
const says = {
  actor: 'one entity: where it is, what it did last, its own counts',
  fleet: 'states count who is in them now, lines how often they were taken',
  window: 'lines count what happened in the stretch chosen in Timeline, or up to B',
  coverage: 'what was never taken stands back',
} as const;

/** A machine as a picture and an outline, with whoever runs through it. */
export function Machines() {
  void version.value;
  const { words } = route.value;
  const charts = link.value?.hello?.charts ?? {};
  const names = Object.keys(charts);
  const subject = readSubject(words['sel']);
  const machine =
    names.find((one) => one === words['machine']) ??
    (subject?.kind === 'instance' ? 'instance' : 'run');
  const actors = machineStates(roll, machine, subject);
  const asked = modes.find((one) => one === words['mode']);
  const mode = asked ?? (subject && actors.mine.length > 0 ? 'actor' : 'fleet');
  const actor =
    mode === 'actor'
      ? (actors.mine.find(({ number }) => String(number) === words['actor']) ??
        actors.mine[0] ??
        actors.all[0])
      : undefined;
  const current = charts[machine] ?? '';
  const hash = words['chart'] ?? (actor?.chart || current);
  const [missing, setMissing] = useState('');
  const { value: chart, failed } = useFetched<ChartData>(
    hash === '' ? null : apiPath(`charts/${hash}.json`),
  );
  const here = moment.value?.seq ?? 0;
  const all = extent.value;
  const whole = { from: all?.firstAt ?? 0, to: (all?.lastAt ?? 0) + 1 };
  const window = readWindow(words['w'], whole);
  const b = Number(words['b'] ?? '') || null;
  const counts = useAnswer<EdgeCounts>(
    {
      ask: 'edges',
      machine,
      entities: actor ? [actor.number] : null,
      from: mode === 'window' && b !== null ? Math.min(b, here) : 0,
      to: mode === 'window' && b !== null ? Math.max(b, here) : here,
      ...(mode === 'window' && b === null && words['w'] ? { between: window } : {}),
    },
    all?.from,
  );
  const chosen = words['node'] ?? '';
  const painted: Painted = useMemo(
    () => ({
      active: actor ? activeIds(machine, actor.state) : new Set<string>(),
      last: actor ? (counts?.last ?? []) : [],
      nodes:
        mode === 'fleet'
          ? occupants(
              machine,
              actors.all.map(({ state }) => state),
            )
          : {},
      edges: counts?.counts ?? {},
      coverage: mode === 'coverage',
      chosen,
    }),
    [version.value, counts, mode, chosen, machine, actor?.state, actor?.number],
  );
  const choose = (id: string) => setWords({ node: id === chosen ? '' : id });
  const fit = words['zoom'] !== '1';
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'F' && event.key !== 'f') return;
      if ((event.target as Element).matches('input, select, textarea')) return;
      document
        .querySelector('.chart .active.leaf')
        ?.scrollIntoView({ block: 'center', inline: 'center' });
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return (
    <>
      <section class="panel head" aria-label="Machines">
        <h1>Machines</h1>
        <fieldset class="sizes" aria-label="Machine">
          {names.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === machine}
              onClick={() => setWords({ machine: one, node: '', chart: '', actor: '' })}
            >
              {one}
            </button>
          ))}
        </fieldset>
        <fieldset class="sizes" aria-label="What is counted">
          {modes.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === mode}
              title={says[one]}
              onClick={() => setWords({ mode: one })}
            >
              {one}
            </button>
          ))}
        </fieldset>
        {mode === 'actor' && actors.choices.length > 0 ? (
          <label class="pick">
            Who
            <select
              value={String(actor?.number ?? '')}
              onChange={(event) =>
                setWords({
                  actor: event.currentTarget.value,
                  chart: '',
                  ...actors.select(event.currentTarget.value),
                })
              }
            >
              {actors.choices.slice(0, 500).map((one) => (
                <option key={one.number} value={String(one.number)}>
                  {entityName(one.entity)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <span class="dim wide-only">{says[mode]}</span>
        <span class="grow" />
        {hash !== current && hash !== '' ? (
          <span class="chip">
            drawn with #{hash}, the machine of that time; today's is #{current}{' '}
            <button type="button" class="link" onClick={() => setWords({ chart: current })}>
              compare
            </button>
          </span>
        ) : (
          <span class="dim num">#{hash}</span>
        )}
        <button type="button" aria-pressed={fit} onClick={() => setWords({ zoom: fit ? '1' : '' })}>
          Fit
        </button>
        <a
          class="button"
          href={apiPath(`charts/${hash}.svg?theme=light`)}
          download={`${machine}-${hash}.svg`}
        >
          SVG
        </a>
      </section>
      {failed !== undefined || missing === hash ? (
        <p class="panel notice" data-testid="schema">
          {chart
            ? 'The picture of this machine is not available; its outline and counts are.'
            : `Records use chart #${hash}, which this server does not know: ${failed ?? 'no picture'}. States are shown as they are written.`}
        </p>
      ) : null}
      <div class={`machine${fit ? ' fit' : ''}`}>
        <section class="panel outline-panel" aria-label="Outline">
          {chart ? (
            <Outline chart={chart} painted={painted} onChoose={choose} />
          ) : (
            <RawStates states={actors.all.map(({ state }) => state)} />
          )}
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for who has no mouse */}
        <section class="panel picture" aria-label="Picture" tabIndex={0}>
          {hash === '' || missing === hash ? (
            <p class="dim">No picture.</p>
          ) : (
            <ChartView
              hash={hash}
              machine={machine}
              collapsed=""
              painted={painted}
              onChoose={choose}
              onMissing={() => setMissing(hash)}
            />
          )}
        </section>
        <Inspector
          chart={chart}
          machine={machine}
          actor={actor}
          painted={painted}
          all={actors.all}
        />
      </div>
    </>
  );
}

/** Where no chart is known: the states as they are written. */
function RawStates({ states }: { readonly states: readonly string[] }) {
  const counts = new Map<string, number>();
  for (const one of states) counts.set(one, (counts.get(one) ?? 0) + 1);
  return (
    <ul class="outline">
      {[...counts].map(([state, count]) => (
        <li key={state}>
          <Words text={state} /> <span class="count">{count}</span>
        </li>
      ))}
    </ul>
  );
}
