import '../../styles/flaps.css';
import { useState } from 'preact/hooks';
import type { SlotFlaps } from '../../../history/query-types.ts';
import { clockTime, formatCount } from '../../format/format-time.ts';
import { writeSubject } from '../../model/subject.ts';
import { setParams } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

const most = 50;

/** The agents that returned from suspicion or death in the last 24 hours, those that did it most in the last hour first. */
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

function FlapTable({ flaps }: { readonly flaps: readonly SlotFlaps[] }) {
  const sorted = flaps.toSorted((a, b) => b.hour - a.hour || b.day - a.day || b.last - a.last);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>agent</th>
            <th>last hour</th>
            <th>last 24 h</th>
            <th>last return</th>
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
