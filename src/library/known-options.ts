import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
/** The names of the options of all functions: programs pass one object with shared options to several. */
export const knownOptions: ReadonlySet<string> = new Set(
  `servers connection namespace jsDomain credentials inboxPrefix tls connectWithin signal log metrics
  host stateDir ttl grace name instances zone address takeover whenExpired collect drain onTransition
  seatsEvery keepLast at file`.split(/\s+/),
);

/**
 * Refuses options that no function of the library has: a caller without types would not notice a typing error.
 * @throws {Fault} `bad-setting`
 */
export function refuseUnknown(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new Fault('bad-setting', 'options: an object is required');
  }
  const unknown = Object.keys(options).find((name) => !knownOptions.has(name));
  if (unknown === undefined) return;
  throw new Fault('bad-setting', `unknown option '${unknown}'`, {
    hint: `the options are ${[...knownOptions].sort().join(', ')}`,
  });
}

/** A function of the caller. */
export const Callback = z
  .custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'a function')
  .optional();

/** An object of the caller with these functions. */
export const withFunctions = (...names: readonly string[]) =>
  z
    .custom<object>(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        names.every((name) => typeof Reflect.get(value, name) === 'function'),
      `an object with the functions ${names.join(', ')}`,
    )
    .optional();

export const Signal = z.instanceof(AbortSignal, { error: 'an AbortSignal' }).optional();
