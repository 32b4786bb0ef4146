import yoctoSpinner from 'yocto-spinner';
import type { Terminal } from './io.ts';

/** Shows that something is under way, at a terminal and after a moment; what is quick shows nothing. */
export async function withSpinner<T>(
  io: Pick<Terminal, 'errIsTerminal'>,
  text: string,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!io.errIsTerminal) return work(() => {});
  const spinner = yoctoSpinner({ text, handleSignals: false });
  const timer = setTimeout(() => spinner.start(), shownAfter);
  try {
    return await work((now) => {
      spinner.text = now;
    });
  } finally {
    clearTimeout(timer);
    if (spinner.isSpinning) spinner.stop();
  }
}

const shownAfter = 150;
