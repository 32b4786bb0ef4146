import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileServices } from '../../../src/adapters/doors/file/file-data.ts';
import { formatServices } from '../../../src/adapters/doors/file/formats.ts';
import { renderSafely } from '../../../src/adapters/doors/file/safe-text.ts';
import { readTemplate } from '../../../src/adapters/doors/file/template.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { FakeView, rowOf } from '../../adapters/doors/support/fake-view.ts';
import { anyText } from '../../arbitrary/names.ts';
import { fuzz } from '../support/fuzz.ts';

const row = fc.record({ id: anyText, host: anyText, address: anyText, label: anyText });
const source =
  '{% for s in services %}{% for i in s.instances %}' +
  'server {{ i.endpoint }} {{ i.id }} {{ i.labels.a }} {{ i.labels.a | json }} {{ i.labels.a | nginx }};\n' +
  '{% endfor %}{% endfor %}';
const template = readTemplate(source, 't.liquid');
const line =
  /^server (\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d+ [\w.:-]* [\w.:-]* (null|"([ !#-[\]-~]|\\.)*") "([^"\\$\p{Cc}]|\\["\\])*";$/u;

test('any text of an instance stays inside its place in a file', () =>
  fuzz(
    fc.array(row, { maxLength: 4 }),
    (rows) => {
      const view = new FakeView();
      const own = rowOf('web/good', { labels: { a: 'x' } });
      const others = rows.map(({ id, host, address, label }) =>
        rowOf('web/x', { id, host, address, labels: { a: label, [label]: 'v' } }),
      );
      view.set('web', own, ...others);
      const services = fileServices(view, ['web'], 'any');
      const { text } = renderSafely(template, services);
      const lines = text.split('\n').slice(0, -1);
      expect(lines).toContain('server 10.0.0.1:80 good x "x" "x";');
      for (const one of lines) expect(one).toMatch(line);
      const nginx = formatServices.nginx({ view, services });
      expect(nginx).toMatch(/^upstream web \{\n( {2}server [\w.:[\]]+:\d+;\n)+\}\n$/);
      JSON.parse(formatServices.json({ view, services }));
      JSON.parse(formatServices.prometheus({ view, services }));
    },
    { runs: 500 },
  ));

test('any template is read, or refused with its line or its text', () =>
  fuzz(
    fc.array(
      fc.constantFrom(
        ...[
          '{{',
          '}}',
          '{%',
          '%}',
          'for i in instances',
          'endfor',
          'i.labels',
          '|',
          'json',
          'nginx',
        ],
        ...[
          'if',
          'endif',
          'i.id',
          '"',
          ' ',
          'assign x =',
          'capture y',
          'endcapture',
          'raw',
          'constructor',
        ],
      ),
      { maxLength: 12 },
    ),
    (parts) => {
      const view = new FakeView();
      view.set('web', rowOf('web/1', { labels: { a: '; x' } }));
      try {
        const { text } = renderSafely(
          readTemplate(parts.join(' '), 't.liquid'),
          fileServices(view, ['web'], 'any'),
        );
        expect(text).not.toContain('; x');
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
      }
    },
    { runs: 500 },
  ));
