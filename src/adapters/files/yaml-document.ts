import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { Fault, type FaultCode } from '../../domain/fault.ts';

type Path = readonly PropertyKey[];

/** A YAML or JSON file as data that knows where each part of it stands. */
export interface FileDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line on which what is at `path` begins; where that is missing, the line of what should have it. */
  lineOf(path: Path): number;
}

/**
 * Reads YAML, and JSON, which is YAML too.
 * @throws {Fault} with `code`, naming each line that is no YAML
 */
export function readDocument(text: string, file: string, code: FaultCode): FileDocument {
  const lines = new LineCounter();
  const legible = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      // The parser throws what it did not foresee: nested beyond the stack, merged with no map.
      const [first] = cause instanceof Error ? cause.message.split('\n') : [];
      throw new Fault(code, `${file}: ${first ?? 'it cannot be read'}`, { cause });
    }
  };
  const document = legible(() => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const complain = ({ pos, message }: Pick<YAMLError, 'pos' | 'message'>) =>
    `${file}:${lines.linePos(pos[0]).line}: ${message}`;
  if (document.errors.length > 0) {
    throw new Fault(code, document.errors.map(complain).join('\n'), {
      hint: 'the file is to be YAML or JSON',
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
  const value = legible(() => {
    const data: unknown = document.toJS();
    // What stands for itself has no end; what has none can be neither shown nor compared.
    JSON.stringify(data);
    return data;
  });
  return { file, value, lineOf };
}

const rangeOf = (node: unknown): readonly number[] | null | undefined =>
  typeof node === 'object' && node !== null && 'range' in node
    ? (node.range as readonly number[] | null)
    : undefined;
