import { Fault } from '../../../domain/fault.ts';
import type { FileService } from './file-data.ts';
import { safeLiquid } from './liquid.ts';

interface Rendered {
  readonly text: string;
  /** Texts that the template writes without quotes, and that could be read as configuration. */
  readonly refused: ReadonlySet<string>;
}

export type Template = (services: readonly FileService[]) => Rendered;

/** No configuration format gives one of these characters a meaning inside a word. */
const isHarmless = (text: string): boolean =>
  text === '' ||
  /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]*$/.test(text) ||
  /^\[[0-9A-Fa-f:.]+\](:\d+)?$/.test(text);

/** Text as JSON in ASCII, which is also a quoted text of YAML and TOML. */
const quoteJson = (value: unknown): string =>
  JSON.stringify(value ?? null).replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A quoted text of nginx; undefined where it has none: `$` begins a variable even in quotes. */
const quoteNginx = (text: string): string | undefined =>
  /[\p{Cc}$]/u.test(text) ? undefined : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/**
 * Reads a template of Liquid, which can run no code. It gets `services` and `instances`. A text is written
 * as it is only if no format could take it for more than a word; `| json` and `| nginx` quote it.
 * @throws {Fault} `bad-setting` with the line of the error
 */
export function readTemplate(source: string, file: string): Template {
  let refused = new Set<string>();
  const refuse = (text: string) => {
    refused.add(text);
    return '';
  };
  const checked = (value: unknown): string => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'string') return refuse(quoteJson(value));
    return isHarmless(value) ? value : refuse(value);
  };
  const engine = safeLiquid(checked);
  const filters = {
    json: quoteJson,
    nginx: (value: unknown) => {
      const text = typeof value === 'string' ? value : checked(value);
      return quoteNginx(text) ?? refuse(text);
    },
  };
  for (const [name, handler] of Object.entries(filters))
    engine.registerFilter(name, { raw: true, handler });
  const parsed = inFile(file, () => engine.parse(source));
  return (services) => {
    refused = new Set();
    const instances = services.flatMap((service) => service.instances);
    const text: string = inFile(file, () => engine.renderSync(parsed, { services, instances }));
    return { text, refused };
  };
}

function inFile<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('bad-setting', `${file}: ${why}`, {
      cause,
      hint: 'docs/how-to/write-files.md has examples',
    });
  }
}

/** Whether a text is safe in any configuration without quotes. */
export const mayStandUnquoted = isHarmless;
