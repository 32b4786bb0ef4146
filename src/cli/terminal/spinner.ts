import type { Terminal } from './io.ts';

/** Shows a spinner during `work`, only at a terminal and after 150 ms. */
export async function withSpinner<T>(
  io: Pick<Terminal, 'errIsTerminal'>,
  text: string,
  work: (say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!io.errIsTerminal) return work(() => {});
  const { default: yoctoSpinner } = await import('yocto-spinner');
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
