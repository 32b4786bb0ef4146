import { readFile } from 'node:fs/promises';

/** The commands of the code blocks below a heading, one a line, without their comments, as a person runs them. */
export async function commandsUnder(document: string, heading: string): Promise<readonly string[]> {
  const text = await readFile(document, 'utf8');
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no part ${heading}`);
  const lines = [...section.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new Error(`${heading} in ${document} has no command`);
  return lines;
}
