import '../styles/dialogs.css';
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export const helpIsOpen = signal(false);

const keys: readonly (readonly [string, string])[] = [
  ['g f · g s · g t · g m · g g', 'open Fleet, Services, Timeline, Machines, GC'],
  ['/', 'go to the filter: db state:failing,dubious -zone:ams'],
  ['t', 'write a time to go to'],
  ['arrows', 'move in grids, lists, charts and the slider'],
  ['Enter', 'open the focused item; in the filter: go to the first match'],
  ['Space', 'play or pause'],
  [', and .', 'previous, next change'],
  ['Shift + , and .', 'previous, next change of the selection'],
  ['n and N', 'next, previous problem'],
  ['D', 'pin this moment as B, to compare it with another'],
  ['L', 'back to live, or to the end of a recording'],
  ['+, − and 0', 'in Timeline: zoom in, zoom out, show all'],
  ['F', 'in Machines: zoom to the active states, and back'],
  ['Esc', 'clear the selection and the filters'],
];

export function Help() {
  const box = useRef<HTMLDialogElement>(null);
  const open = helpIsOpen.value;
  useEffect(() => {
    if (open) box.current?.showModal();
    else box.current?.close();
  }, [open]);
  return (
    <dialog
      ref={box}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        helpIsOpen.value = false;
      }}
    >
      <h2 id="help-title">Keyboard</h2>
      <dl>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
