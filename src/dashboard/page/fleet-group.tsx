import { Component } from 'preact';
import { type Grouping, shortName } from './fleet-view.ts';
import type { SlotNow } from './slot-now.ts';
import { glyphOf } from './states.ts';
import { setWords } from './store.ts';
import { writeSubject } from './subject.ts';
import { Words } from './words.tsx';

interface Props {
  readonly name: string;
  readonly slots: readonly SlotNow[];
  readonly silent: boolean;
  readonly hidden: number;
  readonly by: Grouping;
  readonly large: boolean;
  readonly chosen: string;
}

/** A host and its agents. Looked at again only if one of them is another object than before. */
export class FleetGroup extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const { slots, chosen, hidden, by, large, silent } = this.props;
    return (
      chosen !== next.chosen ||
      hidden !== next.hidden ||
      by !== next.by ||
      large !== next.large ||
      silent !== next.silent ||
      slots.length !== next.slots.length ||
      slots.some((slot, n) => slot !== next.slots[n])
    );
  }

  override render({ name, slots, silent, hidden, by, large, chosen }: Props) {
    const host = by === 'host' ? writeSubject({ kind: 'host', host: name }) : '';
    return (
      <section class={`group${silent ? ' silent' : ''}`} aria-label={`${by} ${name}`}>
        <h2>
          {by === 'host' ? (
            <button type="button" class="link" onClick={() => setWords({ sel: host })}>
              <Words class="cut" text={name} />
            </button>
          ) : (
            <Words class="cut" text={name} />
          )}
          <span class="dim">{slots.length + hidden}</span>
          {silent ? <span class="state s-suspect">◌ silent</span> : null}
        </h2>
        <ul class="cells">
          {slots.map((slot, n) => (
            <Cell
              key={slot.key}
              slot={slot}
              by={by}
              large={large}
              unknown={silent}
              chosen={
                chosen === writeSubject({ kind: 'agent', host: slot.host, agent: slot.agent })
              }
              first={n === 0}
            />
          ))}
        </ul>
        {hidden > 0 && by !== 'host' ? (
          <p class="dim">{hidden.toLocaleString('en-GB')} healthy hidden</p>
        ) : null}
      </section>
    );
  }
}

interface CellProps {
  readonly slot: SlotNow;
  readonly by: Grouping;
  readonly large: boolean;
  readonly unknown: boolean;
  readonly chosen: boolean;
  readonly first: boolean;
}

function Cell({ slot, by, large, chosen, first }: CellProps) {
  const { word, reason, instances, host, agent } = slot;
  const sick = instances.filter((one) => one.word === 'failing').length;
  const told = `${host}/${agent}: ${word}${reason === '' ? '' : `, ${reason}`}; ${instances.length} instances${sick > 0 ? `, ${sick} failing` : ''}`;
  return (
    <li>
      <button
        type="button"
        class={`cell s-${word}${chosen ? ' chosen' : ''}`}
        data-cell=""
        tabIndex={first ? 0 : -1}
        aria-label={told}
        aria-pressed={chosen}
        title={told}
        onClick={() => setWords({ sel: writeSubject({ kind: 'agent', host, agent }) })}
      >
        <span class="glyph" aria-hidden="true">
          {glyphOf(word)}
        </span>
        <bdi class="cut">{shortName(slot, by)}</bdi>
        {sick > 0 ? (
          <span class="badge s-failing" aria-hidden="true">
            ◐{sick}
          </span>
        ) : null}
        {large ? (
          <span class="pips" aria-hidden="true">
            {instances.slice(0, 16).map((one) => (
              <i key={one.stands.number} class={`s-${one.word}`} />
            ))}
            {instances.length > 16 ? `+${instances.length - 16}` : ''}
          </span>
        ) : null}
      </button>
    </li>
  );
}
