import type { ComponentChildren } from 'preact';
import type { ApiEntity } from '../../api-types.ts';
import { entityName, subjectOf, writeSubject } from '../model/subject.ts';
import { hrefTo } from '../state/store.ts';
import { BidiText } from './bidi-text.tsx';

interface Props {
  readonly seq: number;
  readonly entity: ApiEntity;
  /** Text before the entity's name. */
  readonly children?: ComponentChildren;
}

/** The name of an event's entity, linked to the event in its history. Entities without a screen get no link. */
export function EventLink({ seq, entity, children }: Props) {
  const subject = subjectOf(entity);
  const text = (
    <>
      {children}
      <BidiText text={entityName(entity)} />
    </>
  );
  if (!subject) return text;
  const params = { of: writeSubject(subject), open: String(seq) };
  return <a href={hrefTo({ screen: 'entity', at: seq, params })}>{text}</a>;
}
