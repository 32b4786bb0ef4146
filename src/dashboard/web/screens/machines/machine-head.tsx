import { dayTime } from '../../format/format-time.ts';
import type { EntityState } from '../../model/agent-model.ts';
import { entityName } from '../../model/subject.ts';
import { moment, setParams } from '../../state/store.ts';
import { ChartExport } from './chart-export.tsx';
import type { Zoom } from './chart-view.tsx';
import type { machineStates } from './machine-states.ts';

export const modes = ['actor', 'fleet', 'window'] as const;
type Mode = (typeof modes)[number];

const says: Readonly<Record<Mode, string>> = {
  actor: 'one entity: where it is, what it did last, its own counts',
  fleet: 'states count who is in them now, lines how often they were taken',
  window: 'lines count what happened in the stretch chosen in Timeline, or up to B',
};

const zooms: Readonly<Record<Zoom, readonly [word: string, label: string, title: string]>> = {
  fit: ['', 'Fit', 'All of it'],
  full: ['1', '100 %', 'As large as it is drawn'],
  region: ['f', 'Focus', 'What is chosen, else where somebody is (F)'],
};

interface Props {
  readonly names: readonly string[];
  readonly machine: string;
  readonly mode: Mode;
  readonly actors: ReturnType<typeof machineStates>;
  readonly actor: EntityState | undefined;
  readonly hash: string;
  readonly zoom: Zoom;
  /** Whether there is anything to open or close. */
  readonly folds: boolean;
  onFold(open: boolean): void;
}

/** Which machine, of whom, what is counted, and how it is looked at. */
export function MachineHead(props: Props) {
  const { names, machine, mode, actors, actor, hash, zoom, folds, onFold } = props;
  const here = moment.value;
  const who = actor ? entityName(actor.entity) : 'the fleet';
  return (
    <section class="panel head" aria-label="Machines">
      <h1>Machines</h1>
      <fieldset class="sizes" aria-label="Machine">
        {names.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === machine}
            onClick={() => setParams({ machine: one, node: '', chart: '', actor: '', closed: '' })}
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
            onClick={() => setParams({ mode: one })}
          >
            {one}
          </button>
        ))}
      </fieldset>
      {mode === 'actor' && actors.choices.length > 0 ? <Who actors={actors} actor={actor} /> : null}
      <span class="dim wide-only">{says[mode]}</span>
      <span class="grow" />
      <span class="dim num">#{hash}</span>
      {folds ? (
        <fieldset class="sizes" aria-label="Depth">
          <button type="button" title="Close all states in it" onClick={() => onFold(false)}>
            Overview
          </button>
          <button type="button" title="Open all states in it" onClick={() => onFold(true)}>
            All
          </button>
        </fieldset>
      ) : null}
      <fieldset class="sizes" aria-label="Zoom">
        {Object.entries(zooms).map(([one, [word, label, title]]) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === zoom}
            title={title}
            onClick={() => setParams({ zoom: word })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <ChartExport
        machine={machine}
        hash={hash}
        name={`${machine}-${hash}-seq-${here?.seq ?? 0}`}
        caption={`${who} at ${here ? `${dayTime(here.at)}, seq ${here.seq}` : 'no moment'} · counts: ${mode}`}
      />
    </section>
  );
}

const listed = 500;

function Who({ actors, actor }: Pick<Props, 'actors' | 'actor'>) {
  const { choices } = actors;
  return (
    <label class="pick">
      Who
      <select
        value={String(actor?.number ?? '')}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setParams({ actor: value, chart: '', closed: '', ...actors.select(value) });
        }}
      >
        {choices.slice(0, listed).map((one) => (
          <option key={one.number} value={String(one.number)}>
            {entityName(one.entity)}
          </option>
        ))}
      </select>
      {choices.length > listed ? `first ${listed} of ${choices.length}` : null}
    </label>
  );
}
