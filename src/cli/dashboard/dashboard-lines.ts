import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Dashboard } from './open-dashboard.ts';

/**
 * What a person reads about a dashboard. The link has the token on a terminal; elsewhere the text is a log, which
 * others may read, so it names the file of the token. If the token is in no file, only the link has it.
 */
export function dashboardLines(
  { url, access }: Pick<Dashboard, 'url' | 'access'>,
  { isTerminal }: Pick<Terminal, 'isTerminal'>,
): { readonly link: string; readonly notes: readonly string[] } {
  const { tokens, isOwn, file, lookFile } = access;
  const isShown = isOwn && (isTerminal || file === undefined);
  const at = escapeControls(url);
  return {
    link:
      isShown && tokens.act !== undefined ? `${at}?token=${encodeURIComponent(tokens.act)}` : at,
    notes: [
      ...(file === undefined ? [] : [`token      ${escapeControls(file)}`]),
      ...(lookFile === undefined ? [] : [`to look    ${escapeControls(lookFile)}`]),
    ],
  };
}

/** The same for programs: they send `Authorization: Bearer TOKEN`. */
export const tokenFiles = ({ access: { file, lookFile } }: Pick<Dashboard, 'access'>) => ({
  dashboardTokenFile: file ?? null,
  dashboardLookTokenFile: lookFile ?? null,
});
