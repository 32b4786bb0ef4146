import { appendLine } from '../adapters/files/append-line.ts';
import { readText } from '../adapters/files/read-text.ts';
import { systemSignatures } from '../adapters/system/signatures.ts';
import { Fault } from '../domain/fault.ts';
import type { Namespace } from '../domain/identity/names.ts';
import { type Anchor, parseAnchor } from '../domain/replay/anchor.ts';

/**
 * Appends an anchor to a file, or to the file of the namespace in a directory; returns its name.
 * @throws {Fault} `bad-setting` if it cannot be written
 */
export const appendAnchor = (to: string, namespace: Namespace, line: string): Promise<string> =>
  appendLine(to, `rollcall-${namespace}.anchors.jsonl`, line);

/**
 * The anchors in files. A line without its end is skipped: the machine stopped while it was written.
 * @throws {Fault} `bad-setting` for a file without anchors, a line that is none, or one that was changed
 */
export async function readAnchors(files: readonly string[]): Promise<readonly Anchor[]> {
  const anchors: Anchor[] = [];
  for (const file of files) {
    const lines = (await readText(file, 'bad-setting')).split('\n');
    const found = lines.flatMap((line, at) => {
      if (!line.endsWith('}')) return [];
      const anchor = parseAnchor(line, systemSignatures.check);
      if (typeof anchor !== 'string') return [anchor];
      throw new Fault('bad-setting', `--anchor '${file}', line ${at + 1}: ${anchor}`);
    });
    if (found.length === 0) throw new Fault('bad-setting', `--anchor '${file}' has no anchor`);
    anchors.push(...found);
  }
  return anchors;
}
