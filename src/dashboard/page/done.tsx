import type { Transition } from '../questions.ts';
import { meanWay } from './gc-view.ts';
import { Happened } from './happened.tsx';
import { State } from './state.tsx';
import { wordOf } from './states.ts';
import { roll } from './store.ts';
import { lasted } from './times.ts';

const shown = 12;

/** What is removed already, newest first, and how long that took. */
export function Done({ removed }: { readonly removed: readonly Transition[] }) {
  const done = removed.filter(({ entity, type }) => {
    const kind = roll.entities[entity]?.entity;
    return (kind === 'run' && type !== 'expired') || (kind === 'instance' && type === 'removed');
  });
  const mean = meanWay(removed, (one) => roll.entities[one]?.entity === 'run');
  return (
    <section class="panel column" aria-label="Done">
      <h2>
        Done{' '}
        <span class="dim">{removed.length >= 400 ? `${done.length} newest` : done.length}</span>
      </h2>
      {mean === null ? null : (
        <p class="dim">from expiry to the last removal: {lasted(mean)} on average</p>
      )}
      <ul class="shorts">
        {done.slice(0, shown).map((one) => (
          <Happened key={one.seq} transition={one} class="short">
            <State
              word={wordOf(roll.entities[one.entity]?.entity ?? '', one.to)}
              reason={one.note.why ?? ''}
            />
          </Happened>
        ))}
      </ul>
      {done.length > shown ? <p class="dim">and {done.length - shown} before them</p> : null}
    </section>
  );
}
