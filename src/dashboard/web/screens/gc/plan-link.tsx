import type { PlanRow } from '../../../../domain/collection/gc-plan.ts';
import { writeSubject } from '../../model/subject.ts';
import { hrefTo } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

/** The agent of a plan row, linked to its history. A key without an owner has no link. */
export function PlanLink({ row: { host, agent, key } }: { readonly row: PlanRow }) {
  if (host === null || agent === null) return <BidiText text={key ?? '?'} />;
  const of = writeSubject({ kind: 'agent', host, agent });
  return (
    <a href={hrefTo({ screen: 'entity', params: { of } })}>
      <BidiText text={`${host}/${agent}`} />
    </a>
  );
}
