import { type Subject, subjectName, writeSubject } from '../model/subject.ts';
import { hrefTo } from '../state/store.ts';
import { BidiText } from './bidi-text.tsx';

interface Props {
  readonly of: Subject;
  /** By default its whole name. */
  readonly text?: string;
}

/** The name of an agent, a host or an instance, linked to its history. */
export const SubjectLink = ({ of, text = subjectName(of) }: Props) => (
  <a href={hrefTo({ screen: 'entity', params: { of: writeSubject(of) } })}>
    <BidiText text={text} />
  </a>
);
