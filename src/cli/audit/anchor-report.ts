import type { VerifyReport } from '../../runtime/audit/verify-report.ts';
import { plural } from '../tables/footer.ts';

/** What the anchors show, as lines; none without anchors. */
export function anchorLines({ anchors, last }: VerifyReport): readonly string[] {
  const { agreed, unchecked, anchoredTo } = anchors;
  const lines: string[] = [];
  if (agreed > 0) {
    const rest = anchoredTo < last ? `the events after #${anchoredTo}` : 'no event';
    lines.push(
      `${plural(agreed, 'anchor')} ${agreed === 1 ? 'agrees' : 'agree'}; ${rest} came after the last one`,
    );
  }
  if (unchecked > 0) {
    lines.push(
      `${plural(unchecked, 'anchor')} not compared, because ${unchecked === 1 ? 'it is' : 'they are'} from before the state where this verification began`,
    );
  }
  return lines;
}
