/** A part of zod's issue: zod's own type differs between its versions. */
interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string;
  readonly keys?: readonly string[];
}

/** One problem that a schema found in a value: the path to it from the root, and the rule that it breaks. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly rule: string;
}

/** The problems of a zod error in plain words: an unknown key is one problem each. */
export const schemaProblems = (issues: readonly SchemaIssue[]): readonly SchemaProblem[] =>
  issues.flatMap(({ path, message, code, keys }) =>
    code === 'unrecognized_keys' && keys !== undefined
      ? keys.map((key) => ({ path: [...path, key], rule: 'unknown key' }))
      : [{ path, rule: message.endsWith('received undefined') ? 'is missing' : message }],
  );

/** A path as a program writes it: `instances[0].port`. */
export const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`,
    )
    .join('');

/** Most characters of a reason: a person reads it in one line, and the value may be of another program. */
export const longestReason = 400;
/** Most problems of a value that a reason names. */
const mostProblems = 20;

/** A reason that quotes foreign text: cut after `longestReason`. */
export const shortReason = (text: string): string =>
  text.length > longestReason ? `${text.slice(0, longestReason - 1).toWellFormed()}…` : text;

/**
 * Why a value cannot be read, in one line: `instances[0].port: is missing`, or the message of any other error.
 * A problem of the value as a whole is one of `value`. Control characters become spaces. It is never longer
 * than `longestReason`.
 */
export const formatParseError = (cause: unknown): string =>
  shortReason(errorText(cause)).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

function errorText(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'issues' in cause) {
    return schemaProblems((cause.issues as readonly SchemaIssue[]).slice(0, mostProblems))
      .map(({ path, rule }) => `${formatPath(path) || 'value'}: ${rule}`)
      .join('; ');
  }
  return cause instanceof Error ? cause.message : String(cause);
}
