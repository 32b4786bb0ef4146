import type { ApiHold } from '../../../api-types.ts';
import { clockTime } from '../../format/format-time.ts';
import { ActionButton } from '../../shell/action-dialog.tsx';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { Countdown } from '../../widgets/countdown.tsx';
import { notKnown } from './gc-column.tsx';

/** The holds: where, why, by whom, until when. */
export function HoldsPanel({ holds }: { readonly holds: readonly ApiHold[] | undefined }) {
  return (
    <section class="panel" aria-label="Holds">
      <h2>
        Holds <span class="dim">{holds?.length ?? '–'}</span>
      </h2>
      {holds?.length ? null : <p class="dim">{holds ? 'No holds.' : notKnown}</p>}
      <ul class="rows">
        {holds?.map((one) => (
          <li key={`${one.host}/${one.agent}`} class="hold">
            <span class="state s-planned">❚❚ planned</span>
            <BidiText text={one.agent === null ? one.host : `${one.host}/${one.agent}`} />
            <span>{one.why ?? <span class="dim">no reason given</span>}</span>
            <span class="dim">
              by <BidiText text={one.by} /> since {clockTime(one.since)}
            </span>
            <span>
              ends <Countdown to={one.until} />
            </span>
            <ActionButton
              of={{
                action: 'release',
                host: one.host,
                ...(one.agent !== null && { agent: one.agent }),
              }}
            >
              Release …
            </ActionButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
