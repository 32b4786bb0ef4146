import type { EntityState } from '../../model/agent-model.ts';
import { entityName } from '../../model/subject.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { setParams } from '../../state/store.ts';
import { textOf } from '../../widgets/still.ts';
import type { Zoom } from './chart-view.tsx';
import type { machineStates } from './machine-states.ts';

export const modes = ['actor', 'fleet', 'window'] as const;
type Mode = (typeof modes)[number];

const zooms: Readonly<Record<Zoom, readonly [param: string, label: string]>> = {
  text: ['', 'Readable'],
  fit: ['fit', 'Fit'],
  region: ['f', 'Focus'],
};

interface Props {
  readonly names: readonly string[];
  readonly machine: string;
  readonly mode: Mode;
  readonly actors: ReturnType<typeof machineStates>;
  readonly actor: EntityState | undefined;
  readonly hash: string;
  readonly zoom: Zoom;
  /** Whether the chart has states that can be closed. */
  readonly folds: boolean;
  onFold(open: boolean): void;
}

/** The controls: machine, entity, what is counted, depth and zoom. */
export function MachineHead(props: Props) {
  const { names, machine, mode, actors, actor, hash, zoom, folds, onFold } = props;
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
      <fieldset class="sizes" aria-label="Counts">
        {modes.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === mode}
            title={textOf(one)}
            onClick={() => setParams({ mode: one })}
          >
            {one}
          </button>
        ))}
      </fieldset>
      {mode === 'actor' && actors.choices.length > 0 ? (
        <EntityPicker actors={actors} actor={actor} />
      ) : null}
      <span class="dim wide-only">{textOf(mode)}</span>
      <span class="grow" />
      <span class="dim num">#{hash}</span>
      {folds ? (
        <fieldset class="sizes" aria-label="Depth">
          <button type="button" title="Close all states" onClick={() => onFold(false)}>
            Overview
          </button>
          <button type="button" title="Open all states" onClick={() => onFold(true)}>
            All
          </button>
        </fieldset>
      ) : null}
      <fieldset class="sizes" aria-label="Zoom">
        {Object.entries(zooms).map(([one, [param, label]]) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === zoom}
            title={textOf(one)}
            onClick={() => setParams({ zoom: param })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <a
        class="button"
        href={apiPath(`charts/${hash}.svg?theme=light`)}
        download={`${machine}-${hash}.svg`}
      >
        Export
      </a>
    </section>
  );
}

const listed = 500;

function EntityPicker({ actors, actor }: Pick<Props, 'actors' | 'actor'>) {
  const { choices } = actors;
  return (
    <label class="pick">
      Entity
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
