import { exit, stderr, stdout } from 'node:process';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The options of a script of package.json. `--help` prints the usage and ends with 0; a wrong option ends with 2, and
 * the error before the usage.
 */
export function scriptOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
) {
  try {
    const all = { ...options, help: { type: 'boolean' } } as const;
    const { help, ...values } = parseArgs({ options: all }).values as { readonly help?: boolean };
    if (help !== true)
      return values as ReturnType<typeof parseArgs<{ options: Options }>>['values'];
    stdout.write(`${usage}\n`);
    return exit(0);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return exit(2);
  }
}
