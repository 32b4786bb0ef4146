import { isPlain } from '../terminal/shell-quoted.ts';

/** A word of a command line, as a shell reads it. */
interface ShellWord {
  readonly value: string;
  /** The quotation mark that is open at its end. */
  readonly quote: '"' | "'" | undefined;
  /** How much of `value` bash leaves as it is when it completes the word: what is before its last break. */
  readonly kept: number;
}

/** Characters at which bash breaks a word that it completes (COMP_WORDBREAKS), in addition to spaces. */
const breaks = new Set([':', '=', '@', '>', '<', ';', '|', '&', '(']);
/** What a backslash takes the meaning of within double quotes; before others it stays. */
const special = new Set(['$', '`', '"', '\\']);

/**
 * The words of the part of a command line before the cursor; the last is being typed and may be empty. Nothing is
 * expanded: `$(x)` is text.
 */
export function shellWords(line: string): readonly ShellWord[] {
  const words: ShellWord[] = [];
  let [value, kept, isWord] = ['', 0, false];
  let quote: ShellWord['quote'];
  for (let n = 0; n < line.length; n += 1) {
    const char = line[n] ?? '';
    const next = line[n + 1];
    if (quote === undefined && /\s/.test(char)) {
      if (isWord) words.push({ value, quote, kept });
      [value, kept, isWord] = ['', 0, false];
      continue;
    }
    isWord = true;
    if (char === quote) quote = undefined;
    else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      kept = value.length;
    } else if (
      char === '\\' &&
      (quote === undefined || (quote === '"' && next !== undefined && special.has(next)))
    ) {
      value += next ?? '';
      n += 1;
    } else {
      value += char;
      if (quote === undefined && breaks.has(char)) kept = value.length;
    }
  }
  return [...words, { value, quote, kept }];
}

/**
 * A text as bash has to insert it, so that the word means this text and nothing in it is executed. Undefined: bash
 * cannot, within these quotation marks.
 */
export function quotedForBash(text: string, quote: ShellWord['quote']): string | undefined {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  // An interactive bash replaces `!x` by an earlier command, also within double quotes.
  if (quote === '"') return text.includes('!') ? undefined : text.replace(/[$`"\\]/g, '\\$&');
  return [...text].map((char) => (isPlain(char) ? char : `\\${char}`)).join('');
}
