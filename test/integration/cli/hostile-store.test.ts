import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../../src/cli/command/exit.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { printError } from '../../../src/cli/terminal/print-error.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { catchUpTimeout } from '../../../src/runtime/audit/verifier/catch-up-time.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { quiet } from '../audit/support/sample-audit.ts';
import { withServer } from '../harness/with-server.ts';
import { type Opened, openOn } from '../nats/support/open-store.ts';
import { hostileWrites, publishRaw, soundWrites, type Write } from './support/hostile-writes.ts';
import { command } from './support/run-command.ts';

const context = withServer();

/** `ROLLCALL_SEED=1234` repeats the stores of that run. */
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 2 ** 31);
const sound = await soundWrites();
const stores = fc.sample(hostileWrites(sound), { seed, numRuns: 4 });

/** The store is reachable with any contents, so no command ends with 3. */
const { done, wanting, usage } = exitCodes;
const commands: readonly (readonly [string, readonly number[]])[] = [
  // It waits for an audit that may be behind. It takes longest and runs in parallel with the others.
  ['audit verify', [wanting]],
  ['ps', [done]],
  ['ps --policy strict', [done]],
  ['agents', [done]],
  ['hosts', [done]],
  ['doctor', [done, wanting]],
  ['gc plan', [done, wanting]],
  ['policy', [done, wanting]],
  ['audit show h1/a', [done, wanting]],
  ['audit replay --at now', [done]],
  ...['web/1', 'h1/a', 'h2/a', 'h9/a', 'run000004', 'constructor/__proto__'].flatMap((name) =>
    ['why', 'show'].map((what) => [`${what} ${name}`, [done, wanting]] as const),
  ),
  ['why run:=FF', [usage]],
];

/** Longer than verify itself waits, with reserve for a busy machine. */
const tooLong = catchUpTimeout + 20_000;
/** Control characters, on which a terminal would act. */
const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Runs it in this process and rethrows unforeseen errors. */
async function inProcess(words: readonly string[]) {
  const { io, out, err } = fakeTerminal({ signal: AbortSignal.timeout(tooLong) });
  const ended = (code: number) => ({ code, out: out.join('\n'), err: err.join('\n') });
  try {
    return ended(await runProgram(words, io, { version: '1', starting: () => {} }));
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    printError(cause, io);
    expect(err.join('\n')).toMatch(/^error: .+/);
    return ended(exitCodeOf(cause));
  }
}

/** The store after these writes, once the audit has copied the events that were not overwritten. */
async function given(writes: readonly Write[]): Promise<Opened> {
  const opened = await openOn([context.server.url]);
  await publishRaw(opened.raw, opened.names, writes);
  await quiet(opened.store);
  return opened;
}

/** Runs a command on this store and checks its output and its exit code. */
async function look(
  { names }: Opened,
  [line, foreseen]: (typeof commands)[number],
  run: (words: readonly string[]) => Promise<{ code: unknown; out: string; err: string }>,
  json = false,
): Promise<void> {
  const where = ['--servers', context.server.url, '--namespace', names.namespace];
  const began = performance.now();
  const { code, out, err } = await run([...line.split(' '), ...(json ? ['--json'] : []), ...where]);
  const said = `${line}, seed ${seed}: ${out}\n${err}`.slice(0, 2000);
  expect(performance.now() - began, said).toBeLessThan(tooLong);
  expect(foreseen, said).toContain(code);
  expect(json || out + err !== '', said).toBe(true);
  expect(err, said).not.toMatch(/^ +at |\bbug\b|Unhandled/m);
  for (const each of `${out}\n${err}`.split('\n')) expect(hostile.test(each), said).toBe(false);
  if (json) for (const each of out.split('\n')) if (each !== '') JSON.parse(each);
}

describe(`a store with hostile contents (ROLLCALL_SEED=${seed})`, () => {
  test.concurrent.each(stores.map((writes, n) => [n, writes] as const))(
    'gives every reading command a result or an error in time: store %i',
    async (_, writes) => {
      await using opened = await given(writes);
      const [slow, ...others] = commands;
      if (slow === undefined) throw new Error('there is a first command');
      const verified = look(opened, slow, inProcess);
      verified.catch(() => {});
      for (const one of others) {
        await look(opened, one, inProcess);
        await look(opened, one, inProcess, true);
      }
      await verified;
    },
  );

  test.concurrent('makes a process end with its exit code and without a stack', async () => {
    await using opened = await given(stores[0] ?? []);
    const some = /^(audit|ps$|doctor|gc|policy|(why|show) (web|h1))/;
    const verified: Promise<void>[] = [];
    for (const one of commands.filter(([line]) => some.test(line))) {
      const looking = look(opened, one, command);
      if (one[0] === 'audit verify') verified.push(looking);
      else await looking;
    }
    await Promise.all(verified);
  });
});
