import type { ComponentChildren } from 'preact';
import type { Transition } from '../questions.ts';
import { hrefTo, roll, seek } from './store.ts';
import { entityName, subjectOf, writeSubject } from './subject.ts';
import { clockTime } from './times.ts';
import { Words } from './words.tsx';

interface Props {
  readonly transition: Transition;
  readonly class: string;
  readonly children: ComponentChildren;
}

/** A transition as a line: when, whose, what of it, and the way to its record. */
export function Happened({ transition, class: name, children }: Props) {
  const { entity: number, seq, at, type } = transition;
  const entity = roll.entities[number];
  if (!entity) return null;
  const subject = subjectOf(entity);
  return (
    <li class={name}>
      <time>{clockTime(at)}</time>
      {subject ? (
        <a
          href={hrefTo({
            screen: 'entity',
            at: seq,
            words: { of: writeSubject(subject), open: String(seq) },
          })}
        >
          <Words text={entityName(entity)} />
        </a>
      ) : (
        <Words text={entityName(entity)} />
      )}
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
