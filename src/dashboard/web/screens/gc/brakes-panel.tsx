import type { ApiGcPlan } from '../../../api-types.ts';
import { countdown } from '../../format/format-time.ts';
import { now } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

/** Where too much fell silent at once: how many, how fast it goes, and what ends it. */
export function BrakesPanel({ plan }: { readonly plan: ApiGcPlan | undefined }) {
  const on = plan?.brakes ?? [];
  if (on.length === 0) return null;
  return (
    <section class="panel" aria-label="Brakes">
      {on.map((one) => (
        <p key={one.zone} class="brake">
          <span class="state s-braked">◔ {one.on ? 'braked' : 'about to brake'}</span> zone{' '}
          <BidiText text={one.zone} />: {one.suspect} of {one.seen} suspect; {one.heldBack} held
          back, one expires every {one.pace / 1000} s.{' '}
          {one.endsAt === null
            ? 'It ends when enough come back.'
            : one.endsAt <= (now.value ?? 0)
              ? 'The next sweep ends it.'
              : `About over ${countdown(one.endsAt, now.value)}.`}
        </p>
      ))}
    </section>
  );
}
