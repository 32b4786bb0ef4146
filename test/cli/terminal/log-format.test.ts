import { expect, test } from 'vitest';
import { logOf } from '../../../src/cli/session/connect.ts';
import { jsonMessages } from '../../../src/cli/terminal/json-messages.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

test.each([true, false])(
  'without --json a log is text, also if a terminal is %j',
  (errIsTerminal) => {
    const { io, err } = fakeTerminal({ errIsTerminal });
    logOf(io, { json: false, logLevel: 'warn' }).warn('commits-refused', { why: 'full' });
    expect(err).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d commits-refused {2}why=full$/)]);
  },
);

test.each([true, false])('with --json a log is JSON, also if a terminal is %j', (errIsTerminal) => {
  const { io, err } = fakeTerminal({ errIsTerminal });
  logOf(io, { json: true, logLevel: 'warn' }).warn('commits-refused', { why: 'full' });
  expect(err.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'commits-refused', level: 'warn', why: 'full' },
  ]);
});

test('with --json a line of text on stderr becomes a document, without colours', () => {
  const lines: string[] = [];
  const write = jsonMessages((line) => void lines.push(line));
  write('\u001b[2mlost the connection\u001b[22m; retrying');
  write('{"event":"error"}');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: 'message', message: 'lost the connection; retrying' },
    { event: 'error' },
  ]);
});
