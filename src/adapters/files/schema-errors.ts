import type { z } from 'zod';
import type { FileDocument } from './yaml-document.ts';

/** The problems that a schema found in a file: one line each, with line number, path and rule. */
export function formatSchemaErrors(document: FileDocument, { issues }: z.ZodError): string {
  return issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => formatProblem(document, [...issue.path, key], 'unknown key'))
        : [formatProblem(document, issue.path, issue.message)],
    )
    .join('\n');
}

/** One problem as a line: `instances.yaml:4: instances[0].port: …`. */
export const formatProblem = (
  { file, lineOf }: FileDocument,
  path: readonly PropertyKey[],
  rule: string,
): string => `${file}:${lineOf(path)}: ${path.length > 0 ? `${formatPath(path)}: ` : ''}${rule}`;

const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`,
    )
    .join('');
