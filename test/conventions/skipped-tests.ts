import type { Reporter, TestModule } from 'vitest/node';

/** A test that did not run, and the reason its author or its context gave. */
export interface Skip {
  readonly name: string;
  readonly note: string | undefined;
}

/** The end of a test run's output: the names of all skipped tests, or that none was skipped. */
export function skipReport(skips: readonly Skip[]): string {
  if (skips.length === 0) return 'No test was skipped.';
  const head = skips.length === 1 ? '1 test was skipped:' : `${skips.length} tests were skipped:`;
  return [head, ...skips.map(({ name, note }) => `  ${name}${note ? ` (${note})` : ''}`)].join(
    '\n',
  );
}

/**
 * Ends every run with `skipReport`.
 *
 * The default reporter only prints a count in its summary, which is easy to overlook.
 */
export function reportSkips(): Reporter {
  return {
    onTestRunEnd(modules) {
      process.stdout.write(`${skipReport(modules.flatMap(skipsOf))}\n`);
    },
  };
}

function skipsOf(module: TestModule): Skip[] {
  return [...module.children.allTests('skipped')].map((test) => {
    const result = test.result();
    return {
      name: `${module.relativeModuleId} > ${test.fullName}`,
      note: result.state === 'skipped' ? result.note : undefined,
    };
  });
}
