import { Option } from 'commander';
import type { z } from 'zod';

/**
 * A setting: a flag, an environment variable and a key of the config file, with one rule for all three.
 *
 * For example `--tls-ca FILE`, `ROLLCALL_TLS_CA` and `tls-ca: FILE`.
 */
export interface Setting {
  /** In the syntax of commander: `--ttl <duration>`. */
  readonly flag: string;
  readonly description: string;
  /** The default, as text for the help. */
  readonly fallback?: string;
  readonly schema: z.ZodType;
  /** Another environment variable, read after our own. */
  readonly variable?: string;
  /** Values that a shell may complete, if the schema does not list them. */
  readonly values?: readonly string[];
  /** The value is never printed. */
  readonly secret?: boolean;
}

export type Settings = Readonly<Record<string, Setting>>;

export type Values<S extends Settings> = { readonly [K in keyof S]: z.output<S[K]['schema']> };

/** The setting as an option of commander, which does not parse the value. */
export const optionOf = ({ flag, description, fallback }: Setting): Option =>
  new Option(flag, fallback === undefined ? description : `${description} (default: ${fallback})`);

/** Name of the setting: `tls-ca`. A negative flag (`--no-color`) loses its `no-`. */
export const nameOf = (setting: Setting): string =>
  (optionOf(setting).long ?? '').replace(/^--(no-)?/, '');

/** Name of the option in commander: `tlsCa`. */
export const attributeOf = (setting: Setting): string => optionOf(setting).attributeName();

export const variableOf = (setting: Setting): string =>
  `ROLLCALL_${nameOf(setting).toUpperCase().replaceAll('-', '_')}`;
