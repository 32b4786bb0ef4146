/** ASCII that no shell reads as anything but itself, not even at the start of a word. */
export const isPlain = (char: string): boolean => /[\w./:@%+=,-]/.test(char) || char > '\x7f';

/** Whether a text means itself in every shell, without quotation marks. */
export const isPlainWord = (text: string): boolean => [...text].every(isPlain);

/** A text in single quotation marks, as one word of a shell. */
export const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A name as one word of a command that people copy into a shell. Agents choose names, zones and keys: nothing in them
 * may be executed.
 */
export const shellWord = (text: string): string => (isPlainWord(text) ? text : inQuotes(text));
