import { Option } from 'commander';
import type { z } from 'zod';

/**
 * A setting: a flag, an environment variable and a key of the config file, with one rule for all three.
 *
 * `--tls-ca FILE` is `ROLLCALL_TLS_CA` and `tls-ca: FILE`.
 */
export interface Setting {
  /** As commander wants it: `--ttl <duration>`. */
  readonly flag: string;
  readonly description: string;
  /** For the help, what holds where nothing is said. */
  readonly fallback?: string;
  readonly schema: z.ZodType;
  /** Another variable that is looked at after our own. */
  readonly variable?: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
}

export type Settings = Readonly<Record<string, Setting>>;

export type Values<S extends Settings> = { readonly [K in keyof S]: z.output<S[K]['schema']> };

/** The setting as commander's option; what it means is ours to read, so it parses nothing. */
export const optionOf = ({ flag, description: about, fallback }: Setting): Option =>
  new Option(flag, fallback === undefined ? about : `${about} (default: ${fallback})`);

/** `tls-ca`: without the `no-` of a flag that takes something away. */
export const nameOf = (setting: Setting): string =>
  (optionOf(setting).long ?? '').replace(/^--(no-)?/, '');

/** What commander calls it: `tlsCa`. */
export const attributeOf = (setting: Setting): string => optionOf(setting).attributeName();

export const variableOf = (setting: Setting): string =>
  `ROLLCALL_${nameOf(setting).toUpperCase().replaceAll('-', '_')}`;
