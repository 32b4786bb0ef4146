import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRowTemplate } from '../../../src/adapters/doors/file/row-template.ts';
import { escapeControls } from '../../../src/cli/terminal/escape-terminal.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { anyText } from '../../arbitrary/names.ts';
import { fuzz } from '../support/fuzz.ts';

const pieces = [
  ...['{{', '}}', '{%', '%}', 'id', 'zone', 'labels.a', 'constructor', '__proto__', '|', 'json'],
  ...[
    'default: "-"',
    'if zone',
    'endif',
    'for x in labels',
    'endfor',
    'assign y =',
    'raw',
    '"',
    ' ',
  ],
  ...['include', 'render', 'layout', 'upcase', 'split: ""', 'first'],
];

test('any template of a row is rendered without control characters, or refused by name', () =>
  fuzz(
    fc.tuple(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), anyText, anyText),
    ([parts, id, a]) => {
      try {
        const text = readRowTemplate(parts.join(' '), escapeControls)({ id, labels: { a } });
        expect(text).not.toMatch(/\p{Cc}/u);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        expect(cause.message).toMatch(/^-o template=…: /);
      }
    },
    { runs: 500 },
  ));
