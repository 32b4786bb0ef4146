import { clockTime, since } from '../../format/format-time.ts';
import type { EntityState } from '../../model/agent-model.ts';
import { colorClassOf, statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf, writeSubject } from '../../model/subject.ts';
import { hrefTo, now } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';

/** The selected entity: name, state, since when. */
export function ActorSummary({ actor }: { readonly actor: EntityState }) {
  const subject = subjectOf(actor.entity);
  const status = statusOf(actor.entity.entity, actor.state);
  return (
    <section>
      <h2>
        <BidiText text={entityName(actor.entity)} />
      </h2>
      <p>
        <StateBadge
          status={status}
          reason={colorClassOf(status) === 'live' ? '' : (actor.note.why ?? '')}
        />
      </p>
      <dl class="facts">
        <dt>state</dt>
        <dd>
          <code>{actor.state.split('+').join(' + ')}</code>
        </dd>
        <dt>since</dt>
        <dd>
          {clockTime(actor.since)} <span class="dim">({since(actor.since, now.value)})</span>
        </dd>
      </dl>
      {subject ? (
        <p>
          <a href={hrefTo({ screen: 'entity', params: { of: writeSubject(subject) } })}>History</a>
        </p>
      ) : null}
    </section>
  );
}
