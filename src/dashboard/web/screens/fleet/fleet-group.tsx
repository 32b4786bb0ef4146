import { Component } from 'preact';
import { formatCount } from '../../format/format-time.ts';
import type { AgentModel } from '../../model/agent-model.ts';
import { type Grouping, shortName } from '../../model/group-agents.ts';
import { glyphOf } from '../../model/state-styles.ts';
import { writeSubject } from '../../model/subject.ts';
import { fleet, setParams } from '../../state/store.ts';
import { BidiText, withEnd } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';

interface Props {
  readonly name: string;
  readonly slots: readonly AgentModel[];
  readonly silent: boolean;
  readonly hidden: number;
  readonly by: Grouping;
  readonly large: boolean;
  readonly chosen: string;
}

/** A host and its agents. Rendered again only if one of the agents changed. */
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
    return (
      <section class={`group${silent ? ' silent' : ''}`} aria-label={`${by} ${name}`}>
        <h2>
          {by === 'host' ? (
            <button
              type="button"
              class="link"
              onClick={() => setParams({ sel: writeSubject({ kind: 'host', host: name }) })}
            >
              <BidiText class="cut" text={name} />
            </button>
          ) : (
            <BidiText class="cut" text={name} />
          )}
          <span class="dim">{slots.length + hidden}</span>
          {silent ? <StateBadge status="suspect" /> : null}
          {by === 'host' && fleet.controls.holdOf(name, '') ? (
            <StateBadge status="planned" />
          ) : null}
        </h2>
        <ul class="cells">
          {slots.map((slot, n) => (
            <AgentCell
              key={slot.key}
              slot={slot}
              by={by}
              large={large}
              chosen={chosen}
              first={n === 0}
            />
          ))}
        </ul>
        {hidden > 0 && by !== 'host' ? (
          <p class="dim">{formatCount(hidden, 'healthy agent')} hidden</p>
        ) : null}
      </section>
    );
  }
}

interface CellProps {
  readonly slot: AgentModel;
  readonly by: Grouping;
  readonly large: boolean;
  readonly chosen: string;
  readonly first: boolean;
}

function AgentCell({ slot, by, large, chosen, first }: CellProps) {
  const { status, reason, instances, counts, host, agent } = slot;
  const { failing, contested } = counts;
  const subject = writeSubject({ kind: 'agent', host, agent });
  const isChosen = chosen === subject;
  const isHeld = fleet.controls.holdOf(host, agent) !== undefined;
  const label = `${host}/${agent}: ${status}${reason === '' ? '' : `, ${reason}`}; ${formatCount(instances.length, 'instance')}${failing > 0 ? `, ${failing} failing` : ''}${contested > 0 ? `, ${contested} contested` : ''}${isHeld ? ', under a hold' : ''}`;
  // The label contains what `data-text` shows, as text.
  return (
    <li>
      <button
        type="button"
        class={`cell s-${status}${isChosen ? ' chosen' : ''}`}
        data-cell=""
        tabIndex={first ? 0 : -1}
        aria-label={label}
        aria-pressed={isChosen}
        title={label}
        onClick={() => setParams({ sel: subject })}
      >
        <span class="glyph" aria-hidden="true">
          {glyphOf(status)}
        </span>
        <bdi class="cut">{withEnd(shortName(slot, by))}</bdi>
        {isHeld ? <span class="badge s-planned" aria-hidden="true" data-text="❚❚" /> : null}
        {failing > 0 ? (
          <span class="badge s-failing" aria-hidden="true" data-text={`◐${failing}`} />
        ) : null}
        {contested > 0 ? (
          <span class="badge s-contested" aria-hidden="true" data-text={`⇄${contested}`} />
        ) : null}
        {large ? (
          <span class="pips" aria-hidden="true">
            {instances.slice(0, 16).map((one) => (
              <i
                key={one.entityState.number}
                class={`s-${one.reason === 'contested' ? 'contested' : one.status}`}
              />
            ))}
            {instances.length > 16 ? <span data-text={`+${instances.length - 16}`} /> : null}
            <span
              class="cut"
              data-text={[...new Set(instances.map(({ service }) => service))].join(', ')}
            />
          </span>
        ) : null}
      </button>
    </li>
  );
}
