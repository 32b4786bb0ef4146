import { LineCounter, parseDocument, stringify, type YAMLError } from 'yaml';
import { Fault, type FaultCode } from '../../domain/fault.ts';

type Path = readonly PropertyKey[];

/** A parsed YAML or JSON file that knows the line of each value. */
export interface FileDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line of the value at `path`; if it is missing, the line of its nearest existing parent. */
  lineOf(path: Path): number;
}

/** Brackets in brackets: the parser needs seconds for 50 000. */
const deepest = 1000;

/** Problems that are listed; a file can have one in each character. */
const mostProblems = 20;

/** How deep brackets are nested. Those in texts count too: they are few. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const char of text) {
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

/**
 * Parses YAML (JSON is valid YAML).
 * @throws {Fault} with `code`, listing each line with a syntax error
 */
export function readDocument(text: string, file: string, code: FaultCode): FileDocument {
  if (depthOf(text) > deepest) {
    throw new Fault(code, `${file}: brackets must be nested at most ${deepest} deep`);
  }
  const lines = new LineCounter();
  const parse = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      // The parser throws on very deep nesting, and on a merge key without a map.
      const [first] = cause instanceof Error ? cause.message.split('\n') : [];
      throw new Fault(code, `${file}: ${first ?? 'cannot be parsed'}`, { cause });
    }
  };
  const document = parse(() => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const formatError = ({ pos, message }: Pick<YAMLError, 'pos' | 'message'>) =>
    `${file}:${lines.linePos(pos[0]).line}: ${message}`;
  if (document.errors.length > 0) {
    const more = document.errors.length - mostProblems;
    const problems = document.errors.slice(0, mostProblems).map(formatError);
    const rest = more > 0 ? [`${file}: ${more} more`] : [];
    throw new Fault(code, [...problems, ...rest].join('\n'), {
      hint: 'the file must be YAML or JSON',
    });
  }
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      const start = rangeOf(node)?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
  };
  const value = parse(() => {
    const data: unknown = document.toJS();
    // Throws if an alias refers to its own parent.
    JSON.stringify(data);
    return data;
  });
  return { file, value, lineOf };
}

const rangeOf = (node: unknown): readonly number[] | null | undefined =>
  typeof node === 'object' && node !== null && 'range' in node
    ? (node.range as readonly number[] | null)
    : undefined;

/** A value as a YAML document; a long text stays on one line. */
export const yamlText = (value: unknown): string => stringify(value, { lineWidth: 0 });
