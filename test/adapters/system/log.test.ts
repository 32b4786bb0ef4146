import { describe, expect, test } from 'vitest';
import { systemLog } from '../../../src/adapters/system/log.ts';

function testLog(level: 'debug' | 'info' | 'warn' | 'silent') {
  const lines: string[] = [];
  const log = systemLog(level, { write: (line) => void lines.push(line) });
  return { log, lines, documents: () => lines.map((line) => JSON.parse(line)) };
}

describe('the log', () => {
  test('has one JSON document per line, with level, time, event and fields', () => {
    const { log, lines, documents } = testLog('info');
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
  ] as const)('at level %s writes %j', (level, written) => {
    const { log, documents } = testLog(level);
    for (const each of ['debug', 'info', 'warn'] as const) log[each](each);
    expect(documents().map(({ event }) => event)).toEqual(written);
  });

  test('writes an error with its message, stack and cause', () => {
    const { log, documents } = testLog('info');
    log.warn('batch-failed', { err: new Error('outer', { cause: new Error('inner') }) });
    expect(documents()[0].err).toMatchObject({
      message: 'outer: inner',
      stack: expect.any(String),
    });
  });
});
