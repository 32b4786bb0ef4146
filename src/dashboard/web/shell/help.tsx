import '../styles/dialogs.css';
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export const helpIsOpen = signal(false);

const keys: readonly (readonly [string, string])[] = [
  ['g f · g t · g m · g g', 'Fleet, Timeline, Machines, GC'],
  ['/', 'filter'],
  ['arrows', 'move in grids, lists and the scrubber'],
  ['Enter', 'open what is focused'],
  ['Space', 'play or pause'],
  [', and .', 'one change back, forward'],
  ['Shift + , and .', 'one change of what is selected'],
  ['n and N', 'next, previous problem'],
  ['D', 'pin this moment as B, to compare with'],
  ['L', 'back to live, or to the end of a recording'],
  ['+, − and 0', 'in Timeline: closer, further, all of it'],
  ['F', 'in Machines: what is active, and all again'],
  ['Esc', 'clear selection and filters'],
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
