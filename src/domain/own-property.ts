/**
 * What a table says of a word of somebody else's: of `constructor` nothing, unless it says so itself.
 * Every object inherits that and more, and what is inherited is no answer.
 */
export const getOwn = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
