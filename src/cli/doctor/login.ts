import { days, type WallTime } from '../../domain/time.ts';
import { formatRounded } from '../terminal/format-time.ts';
import { type Finding, note, ok } from './finding.ts';

/** Credentials that end sooner are worth a note: a person has to replace their file. */
const soon = days(7);

/** Whether the credentials of this login expire. `expires`: undefined if they never do; then there is no finding. */
export function diagnoseLogin(expires: WallTime | undefined, now: WallTime): readonly Finding[] {
  if (expires === undefined) return [];
  const what = `the credentials expire at ${new Date(expires).toISOString()}, in ${formatRounded(Math.max(0, expires - now))}`;
  if (expires - now > soon) return [ok('login', what)];
  return [
    note(
      'login',
      what,
      'replace the credentials file before they expire; running processes read it when they connect again',
    ),
  ];
}
