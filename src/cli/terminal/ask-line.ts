import { createInterface } from 'node:readline/promises';

/**
 * Asks on a terminal for one line. Empty if the input ends or the signal aborts. `interrupt` is called for Ctrl-C, which
 * a terminal does not send as a signal while it is read.
 */
export async function askLine(
  question: string,
  streams: {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WritableStream;
    readonly terminal?: boolean;
  },
  signal: AbortSignal,
  interrupt: () => void,
): Promise<string> {
  const lines = createInterface(streams);
  lines.on('SIGINT', interrupt);
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  lines.once('close', () => resolve(''));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch (cause) {
    if (signal.aborted) return '';
    throw cause;
  } finally {
    lines.close();
  }
}
