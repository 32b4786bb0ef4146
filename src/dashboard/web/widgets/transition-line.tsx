import type { ComponentChildren } from 'preact';
import type { Transition } from '../../history/query-types.ts';
import { clockTime } from '../format/format-time.ts';
import { roll, seek } from '../state/store.ts';
import { EventLink } from './event-link.tsx';

interface Props {
  readonly transition: Transition;
  readonly class: string;
  readonly children: ComponentChildren;
}

/** A transition as a line: when, whose, what of it, and the way to its record. */
export function TransitionLine({ transition, class: name, children }: Props) {
  const { entity: number, seq, at, type } = transition;
  const entity = roll.entities[number];
  if (!entity) return null;
  return (
    <li class={name}>
      <time>{clockTime(at)}</time>
      <EventLink seq={seq} entity={entity} />
      {children}
      <button
        type="button"
        class="quiet num"
        title={`${type}: go to this moment`}
        onClick={() => seek(seq)}
      >
        seq {seq}
      </button>
    </li>
  );
}
