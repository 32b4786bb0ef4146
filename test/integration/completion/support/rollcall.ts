// In place of the program in a shell: completes as it does, with hostile names of services; otherwise it writes its
// arguments to a file.
import { appendFileSync, readFileSync } from 'node:fs';
import { argv, env, stdout } from 'node:process';
import type { Shell } from '../../../../src/cli/completion/complete.ts';

const [, , first, ...words] = argv;
if (first === 'completion') {
  const { commandIndex } = await import('../../../../src/cli/command-index.ts');
  const { complete } = await import('../../../../src/cli/completion/complete.ts');
  const [shell = '', ...line] = words.filter((word) => word !== '--');
  const names = readFileSync(env['NAMES'] ?? '', 'utf8').split('\n');
  const found = await complete(shell as Shell, line, commandIndex, async () => names);
  stdout.write(found.map((each) => `${each}\n`).join(''));
} else appendFileSync(env['CALLS'] ?? '', `${JSON.stringify([first, ...words])}\n`);
