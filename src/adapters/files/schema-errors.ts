import type { z } from 'zod';
import type { FileDocument } from './yaml-document.ts';

/** What a schema found wrong with a file: one line each, with the place and the rule. */
export function formatSchemaErrors(document: FileDocument, { issues }: z.ZodError): string {
  return issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => complaint(document, [...issue.path, key], 'there is no such key'))
        : [complaint(document, issue.path, issue.message)],
    )
    .join('\n');
}

/** One line about one place of a file: `instances.yaml:4: instances[0].port: …`. */
export const complaint = (
  { file, lineOf }: FileDocument,
  path: readonly PropertyKey[],
  rule: string,
): string => `${file}:${lineOf(path)}: ${path.length > 0 ? `${placeOf(path)}: ` : ''}${rule}`;

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, n) =>
      typeof part === 'number' ? `[${part}]` : `${n > 0 ? '.' : ''}${String(part)}`,
    )
    .join('');
