import type { ComponentChildren } from 'preact';
import type { ApiEntity } from '../../api-types.ts';
import { entityName, subjectOf, writeSubject } from '../model/subject.ts';
import { hrefTo } from '../state/store.ts';
import { BidiText } from './bidi-text.tsx';

interface Props {
  readonly seq: number;
  readonly entity: ApiEntity;
  /** What is said before whose it is. */
  readonly children?: ComponentChildren;
}

/** An event by whose it is, with the way to its record at its moment; what has no screen has none. */
export function EventLink({ seq, entity, children }: Props) {
  const subject = subjectOf(entity);
  const said = (
    <>
      {children}
      <BidiText text={entityName(entity)} />
    </>
  );
  if (!subject) return said;
  const params = { of: writeSubject(subject), open: String(seq) };
  return <a href={hrefTo({ screen: 'entity', at: seq, params })}>{said}</a>;
}
