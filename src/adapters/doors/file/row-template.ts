import { Fault } from '../../../domain/fault.ts';
import { safeLiquid } from './liquid.ts';

/**
 * A template of Liquid for one row of a list; its variables are the fields of the row. A field that a row does not
 * have is refused, so that a typing error is noticed; `{{ zone | default: "-" }}` and `{% if zone %}` accept it.
 * @param clean makes a text safe for where it is printed
 * @throws {Fault} `bad-setting` if it cannot be read, or names a field that a row does not have
 */
export function readRowTemplate(
  source: string,
  clean: (text: string) => string,
): (row: object) => string {
  const print = (value: unknown): string => {
    if (value === null || value === undefined) return '';
    return clean(typeof value === 'object' ? JSON.stringify(value) : String(value));
  };
  const engine = safeLiquid(print, { strictVariables: true, lenientIf: true });
  engine.registerFilter('json', {
    raw: true,
    handler: (value: unknown) => clean(JSON.stringify(value ?? null)),
  });
  const parsed = readable(() => engine.parse(source));
  return (row) => readable(() => engine.renderSync(parsed, row));
}

function readable<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split(', file:')[0] : String(cause);
    throw new Fault('bad-setting', `-o template=…: ${why}`, {
      cause,
      hint: "the fields are those of -o json; for one that some rows lack: {{ zone | default: '-' }}",
    });
  }
}
