import { stripVTControlCharacters } from 'node:util';
import { jsonLine } from './escape-terminal.ts';

/**
 * Writes lines of stderr as JSON documents, for `--json`: a line that is none becomes the text of one. All lines of a
 * command with `--json` are then documents, and without it none is.
 */
export const jsonMessages =
  (write: (line: string) => void) =>
  (line: string): void => {
    const text = stripVTControlCharacters(line);
    write(text.startsWith('{') ? line : jsonLine({ event: 'message', message: text }));
  };
