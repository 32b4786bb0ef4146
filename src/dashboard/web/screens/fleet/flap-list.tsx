import '../../styles/flaps.css';
import { useState } from 'preact/hooks';
import type { SlotFlaps } from '../../../history/query-types.ts';
import { clockTime, formatCount } from '../../format/format-time.ts';
import { type FlapColumn, sortFlaps } from '../../model/flapping.ts';
import { writeSubject } from '../../model/subject.ts';
import { setParams } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

const most = 50;

/** The agents that returned from suspicion or death in the last 24 hours, sorted by a column. */
export function FlapList({ flaps }: { readonly flaps: readonly SlotFlaps[] }) {
  const [open, setOpen] = useState(false);
  if (flaps.length === 0) return null;
  return (
    <details class="panel flaps" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {formatCount(flaps.length, 'agent')} returned from suspicion or death in the last 24 h
      </summary>
      {open ? <FlapTable flaps={flaps} /> : null}
    </details>
  );
}

const columns: readonly (readonly [FlapColumn, string])[] = [
  ['hour', 'last hour'],
  ['day', 'last 24 h'],
  ['last', 'last return'],
];

function FlapTable({ flaps }: { readonly flaps: readonly SlotFlaps[] }) {
  const [by, setBy] = useState<FlapColumn>('hour');
  const sorted = sortFlaps(flaps, by);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>agent</th>
            {columns.map(([column, title]) => (
              <th key={column} aria-sort={by === column ? 'descending' : undefined}>
                <button type="button" class="link" onClick={() => setBy(column)}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map(({ host, agent, hour, day, last }) => (
            <tr key={`${host}/${agent}`}>
              <td>
                <button
                  type="button"
                  class="link"
                  onClick={() => setParams({ sel: writeSubject({ kind: 'agent', host, agent }) })}
                >
                  <BidiText text={`${host}/${agent}`} />
                </button>
              </td>
              <td class="num">{hour}</td>
              <td class="num">{day}</td>
              <td class="num">{clockTime(last)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {flaps.length > most ? <p class="dim">and {flaps.length - most} more</p> : null}
    </>
  );
}
