import type { EntityState } from '../../model/agent-model.ts';
import { entityName, subjectOf, writeSubject } from '../../model/subject.ts';
import { hrefTo, route } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

/** The entities in a state, with links. */
export function OccupantList({ of }: { readonly of: readonly EntityState[] }) {
  return (
    <ul class="occupants">
      {of.slice(0, 60).map(({ number, entity }) => {
        const subject = subjectOf(entity);
        return (
          <li key={number}>
            {subject ? (
              <a
                href={hrefTo({
                  params: {
                    ...route.value.params,
                    sel: writeSubject(subject),
                    mode: 'actor',
                    actor: String(number),
                  },
                })}
              >
                <BidiText text={entityName(entity)} />
              </a>
            ) : (
              <BidiText text={entityName(entity)} />
            )}
          </li>
        );
      })}
      {of.length > 60 ? <li class="dim">and {of.length - 60} more</li> : null}
    </ul>
  );
}
