import '../styles/drawer.css';
import { useEffect, useRef } from 'preact/hooks';
import { readSubject, subjectName, writeSubject } from '../model/subject.ts';
import { fleet, hrefTo, route, setParams, version } from '../state/store.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { ActionButton, LastActionResult } from './action-dialog.tsx';
import { AgentSection } from './agent-section.tsx';

/** The selected host or agent: its agents, their instances, and the actions on it. */
export function DetailDrawer() {
  void version.value;
  const text = route.value.params['sel'];
  const subject = readSubject(text);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    const clicked = document.activeElement;
    return clicked?.closest('.screen .group, .issue') ? keepInSight(clicked) : undefined;
  }, [text]);
  if (!subject || subject.kind === 'instance') return null;
  const slots =
    subject.kind === 'host'
      ? fleet.slots().filter(({ host }) => host === subject.host)
      : [fleet.slot(subject.host, subject.agent)].filter((one) => one !== undefined);
  const target = { host: subject.host, ...(subject.kind === 'agent' && { agent: subject.agent }) };
  const hold = fleet.controls.holdOf(subject.host, subject.kind === 'agent' ? subject.agent : '');
  return (
    <aside ref={box} class="drawer" aria-label={subjectName(subject)}>
      <header>
        <h2>
          <span class="dim">{subject.kind}</span> <BidiText text={subjectName(subject)} />
        </h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => setParams({ sel: '' })}
        >
          ✕
        </button>
      </header>
      {slots.length === 0 ? (
        <p class="dim">Not present at this moment.</p>
      ) : (
        slots.map((slot) => <AgentSection key={slot.key} slot={slot} alone={slots.length === 1} />)
      )}
      <footer class="row">
        <a
          class="button"
          href={hrefTo({ screen: 'entity', params: { of: writeSubject(subject) } })}
        >
          History
        </a>
        {subject.kind === 'agent' ? (
          <a
            class="button"
            href={hrefTo({ screen: 'machines', params: { sel: writeSubject(subject) } })}
          >
            Machine
          </a>
        ) : null}
        {hold ? (
          <ActionButton of={{ action: 'release', ...target }}>Release hold</ActionButton>
        ) : (
          <ActionButton of={{ action: 'hold', ...target }}>Hold …</ActionButton>
        )}
      </footer>
      <LastActionResult />
    </aside>
  );
}

/**
 * Scrolls to an element now, and again when its screen gets another size: the panel makes it narrower, and a
 * banner whose text comes later makes it lower. It ends with the next act of the user.
 */
function keepInSight(element: Element): () => void {
  const observer = new ResizeObserver(() => element.scrollIntoView({ block: 'nearest' }));
  const stop = () => observer.disconnect();
  const screen = element.closest('.screen');
  if (screen) observer.observe(screen);
  for (const act of ['wheel', 'pointerdown', 'keydown'])
    addEventListener(act, stop, { once: true, passive: true });
  return stop;
}
