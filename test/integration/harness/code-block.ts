import { readFile } from 'node:fs/promises';

/** The n-th block of code in a document, to be run as it is written. */
export async function codeBlock(document: string, language: string, n = 0): Promise<string> {
  const text = await readFile(document, 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  const block = [...blocks][n]?.[1];
  if (block === undefined) throw new Error(`${document} has no block ${n} of ${language}`);
  return block;
}
