import type { Container } from './container.ts';

/** The engine gives signals as numbers. */
const numbers: Readonly<Record<string, string>> = {
  ...{ SIGHUP: '1', SIGINT: '2', SIGQUIT: '3', SIGKILL: '9', SIGUSR1: '10', SIGUSR2: '12' },
  ...{ SIGTERM: '15', SIGWINCH: '28' },
};

/** The stop signal of a container, as the engine writes it in an event. */
export function stopSignalOf({ Config }: Container): string {
  const signal = Config.StopSignal || 'SIGTERM';
  return (
    numbers[signal] ??
    numbers[`SIG${signal}`] ??
    signal.replace(/^SIGRTMIN\+(\d+)$/, (_, n) => `${34 + Number(n)}`)
  );
}
