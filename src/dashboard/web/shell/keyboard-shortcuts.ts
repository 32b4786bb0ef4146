import { isPlaying, nextStep, pause, play } from '../state/playback.ts';
import { kept, type Screen } from '../state/route.ts';
import { navigate, route, seek, setParams, togglePin } from '../state/store.ts';

const screens: Readonly<Record<string, Screen>> = {
  f: 'fleet',
  s: 'services',
  t: 'timeline',
  m: 'machines',
  g: 'gc',
};
/** What a filter leaves: Enter goes to the first. */
const results = '.cell, .service .link, .lane .lane-time, .event .fold';
let going = false;

/** Opens the dialog of index.html. */
export const openHelp = (): void => document.querySelector<HTMLDialogElement>('#help')?.showModal();

function focusOn(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.focus();
  return found !== null;
}

/** Handles the page's shortcuts. Inactive while the focus is in a text field or a dialog is open. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target as HTMLElement;
    const writing = on.matches('input:not([type=range]):not([type=checkbox]), textarea, select');
    if (event.key === 'Escape') {
      clear(on, writing);
      return;
    }
    // After the page shows what the last letter leaves.
    if (event.key === 'Enter' && on.matches('[type=search]')) setTimeout(focusOn, 60, results);
    if (writing || document.querySelector('dialog[open]')) return;
    if (press(event, on)) event.preventDefault();
  });
}

function clear(on: HTMLElement, writing: boolean): void {
  if (writing) on.blur();
  else if (!document.querySelector('dialog[open]')) setParams({ sel: '', state: '', f: '' });
}

function press({ key, shiftKey }: KeyboardEvent, on: HTMLElement): boolean {
  if (going) {
    going = false;
    const screen = screens[key];
    if (screen) navigate({ screen, params: kept(route.peek(), screen) });
    return screen !== undefined;
  }
  switch (key.toLowerCase()) {
    case 'g':
      going = true;
      setTimeout(() => {
        going = false;
      }, 1200);
      return true;
    case '?':
      openHelp();
      return true;
    case '/':
    case 't':
      return focusOn(key === '/' ? '[type=search]' : '[name=time]');
    case ' ':
      if (on.matches('button, a, summary, [role=gridcell], input')) return false;
      if (isPlaying.peek()) pause();
      else play();
      return true;
    case ',':
    case '.':
    case '<':
    case '>':
      void nextStep(key === '.' || key === '>', {
        selected: shiftKey || key === '<' || key === '>',
      });
      return true;
    case 'n':
      void nextStep(!shiftKey, { problems: true });
      return true;
    case 'l':
      pause();
      seek('head');
      return true;
    case 'd':
      togglePin();
      return true;
    default:
      return false;
  }
}
