import { signal } from '@preact/signals';

const key = 'rollcall-utc';

/** Whether times are shown and read in UTC instead of the time zone of the browser. */
export const isUtc = signal(stored());

export function switchZone(): void {
  isUtc.value = !isUtc.value;
  try {
    localStorage.setItem(key, isUtc.value ? '1' : '');
  } catch {
    // Without storage, the choice is lost with the page.
  }
}

/** That of the browser. */
export const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** The name of the time zone in which times are shown: `UTC`, `CET`, `GMT+2`. */
export const shownZone = (at: number): string =>
  isUtc.value
    ? 'UTC'
    : (zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '');

function stored(): boolean {
  if (!('document' in globalThis)) return false;
  try {
    return localStorage.getItem(key) === '1';
  } catch {
    return false;
  }
}
