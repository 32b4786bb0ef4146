import { describe, expect, test } from 'vitest';
import { systemLog } from '../../../src/adapters/system/log.ts';

function logged(level: 'debug' | 'info' | 'warn' | 'silent') {
  const lines: string[] = [];
  const log = systemLog(level, { write: (line) => void lines.push(line) });
  return { log, lines, documents: () => lines.map((line) => JSON.parse(line)) };
}

describe('the log', () => {
  test('is one JSON document per line: level, time, event and fields', () => {
    const { log, lines, documents } = logged('info');
    log.info('run-started', { run: 'r1', note: 'two\nlines' });
    log.warn('lease-lost');
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(documents()).toEqual([
      {
        level: 'info',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        event: 'run-started',
        run: 'r1',
        note: 'two\nlines',
      },
      { level: 'warn', at: expect.any(String), event: 'lease-lost' },
    ]);
  });

  test.each([
    ['debug', ['debug', 'info', 'warn']],
    ['info', ['info', 'warn']],
    ['warn', ['warn']],
    ['silent', []],
  ] as const)('at level %s says %j', (level, said) => {
    const { log, documents } = logged(level);
    for (const each of ['debug', 'info', 'warn'] as const) log[each](each);
    expect(documents().map(({ event }) => event)).toEqual(said);
  });

  test('says an error with its message, stack and cause', () => {
    const { log, documents } = logged('info');
    log.warn('batch-failed', { err: new Error('outer', { cause: new Error('inner') }) });
    expect(documents()[0].err).toMatchObject({
      message: 'outer: inner',
      stack: expect.any(String),
    });
  });
});
