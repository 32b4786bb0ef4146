import { EventEmitter } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SignalSource, spawnChild } from '../../../src/adapters/system/child-process.ts';

class FakeSignals extends EventEmitter implements SignalSource {
  readonly stdin: { readonly isTTY: boolean };

  constructor(isTTY = false) {
    super();
    this.stdin = { isTTY };
  }
}

const signals = [
  ...['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGWINCH'],
  ...['SIGCONT', 'SIGXCPU', 'SIGPWR', 'SIGIO', 'SIGVTALRM', 'SIGURG'],
] as readonly NodeJS.Signals[];

/** A child that is running its script. */
async function startScript(
  script: string,
  ours: SignalSource,
  beforeStop = async (): Promise<void> => {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-child-'));
  const ready = join(directory, 'ready');
  const child = await spawnChild(['sh', '-c', script.replace('READY', `: > ${ready}`)], {
    ...{ signals: ours, beforeStop },
  });
  while (
    await access(ready).then(
      () => false,
      () => true,
    )
  )
    await new Promise(setImmediate);
  await rm(directory, { recursive: true });
  return { ...child, [Symbol.dispose]: () => child.kill('SIGKILL') };
}

const trapping = (signal: string, code: number) =>
  `trap 'exit ${code}' ${signal.slice(3)}; READY; while :; do sleep 0.02; done`;

describe('a child', () => {
  test.each([0, 1, 42, 255])('that exits with %d has that exit code', async (code) => {
    const child = await spawnChild(['sh', '-c', `exit ${code}`], { signals: new FakeSignals() });
    expect(await child.exit).toBe(code);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
    ['SIGHUP', 129],
  ] as const)('ended by %s has the exit code %d, as in a shell', async (signal, code) => {
    const child = await spawnChild(['sleep', '60'], { signals: new FakeSignals() });
    child.kill(signal);
    expect(await child.exit).toBe(code);
  });

  test.each(signals)('receives the %s sent to us', async (signal) => {
    const ours = new FakeSignals();
    using child = await startScript(trapping(signal, 7), ours);
    ours.emit(signal, signal);
    expect(await child.exit).toBe(7);
  });

  test.each(['SIGINT', 'SIGQUIT'] as const)(
    'on a terminal receives no second %s from us, and does not end us',
    async (signal) => {
      const ours = new FakeSignals(true);
      using child = await startScript(
        `trap 'exit 9' ${signal.slice(3)}; ${trapping('SIGTERM', 3)}`,
        ours,
      );
      expect(ours.listenerCount(signal)).toBe(1);
      ours.emit(signal, signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
      ours.emit('SIGTERM', 'SIGTERM');
      expect(await child.exit).toBe(3);
    },
  );

  test('is stopped with us, and continues with us', async () => {
    const ours = new FakeSignals();
    const suspended = Promise.withResolvers<void>();
    const child = await spawnChild(['sh', '-c', 'sleep 0.2; exit 4'], {
      signals: ours,
      suspend: suspended.resolve,
    });
    ours.emit('SIGTSTP', 'SIGTSTP');
    await suspended.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    ours.emit('SIGCONT', 'SIGCONT');
    expect(await child.exit).toBe(4);
  });

  test('receives the first signal to stop after the preparation, and a second one immediately', async () => {
    const ours = new FakeSignals();
    const prepared = Promise.withResolvers<void>();
    const calls: string[] = [];
    const script = `trap 'echo; exit 5' TERM; READY; while :; do sleep 0.02; done`;
    using child = await startScript(script, ours, async () => {
      calls.push('prepare');
      await prepared.promise;
    });
    ours.emit('SIGTERM', 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls).toEqual(['prepare']);
    ours.emit('SIGTERM', 'SIGTERM');
    expect(await child.exit).toBe(5);
    expect(calls).toEqual(['prepare']);
    prepared.resolve();
  });

  test('that has exited leaves no signal listener', async () => {
    const ours = new FakeSignals();
    const child = await spawnChild(['true'], { signals: ours });
    await child.exit;
    expect(signals.map((signal) => ours.listenerCount(signal))).toEqual(signals.map(() => 0));
  });

  test('that cannot be started is a fault with its name, and leaves no signal listener', async () => {
    const ours = new FakeSignals();
    const starting = spawnChild(['no-such-command-here', '-x'], { signals: ours });
    await expect(starting).rejects.toMatchObject({ code: 'not-found' });
    await expect(starting).rejects.toThrow('no-such-command-here');
    expect(signals.map((signal) => ours.listenerCount(signal))).toEqual(signals.map(() => 0));
  });
});
