import type { z } from 'zod';
import { formatPath, schemaProblems } from '../../domain/records/schema-problems.ts';
import type { FileDocument } from './yaml-document.ts';

/** The problems that a schema found in a file: one line each, with line number, path and rule. */
export const formatSchemaErrors = (document: FileDocument, { issues }: z.ZodError): string =>
  schemaProblems(issues)
    .map(({ path, rule }) => formatProblem(document, path, rule))
    .join('\n');

/** One problem as a line: `instances.yaml:4: instances[0].port: …`. */
export const formatProblem = (
  { file, lineOf }: FileDocument,
  path: readonly PropertyKey[],
  rule: string,
): string => `${file}:${lineOf(path)}: ${path.length > 0 ? `${formatPath(path)}: ` : ''}${rule}`;
