import { describe, expect, test } from 'vitest';
import { fileServices } from '../../../../src/adapters/doors/file/file-data.ts';
import { formatServices } from '../../../../src/adapters/doors/file/formats.ts';
import { renderSafely } from '../../../../src/adapters/doors/file/safe-text.ts';
import { readTemplate } from '../../../../src/adapters/doors/file/template.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

const view = new FakeView();
view.set(
  'web',
  rowOf('web/2', { address: '2001:db8::7', labels: { path: 'x"; } evil', v: '1' } }),
  rowOf('web/1', { labels: { v: '2' } }),
  rowOf('web/3', { address: '10.0.0.9; x', labels: { v: '3' } }),
);
view.set('down', rowOf('down/1', { state: 'failing', health: { state: 'failing', detail: 'x' } }));
view.set('bad name {', rowOf('x/1', { service: 'bad name {' }));
const services = fileServices(view, view.services(), 'prefer-live');
const render = (source: string) => renderSafely(readTemplate(source, 't.liquid'), services);

describe('a template', () => {
  test('writes harmless texts and numbers as they are, in a stable order', () => {
    const loop =
      '{% for i in instances %}{{ i.id }}={{ i.endpoint }} {{ i.labels.v }}\n{% endfor %}';
    expect(render(loop)).toEqual({
      text: '1=10.0.0.1:80 \n1=10.0.0.1:80 2\n2=[2001:db8::7]:80 1\n',
      leftOut: [],
    });
  });

  test('writes quoted texts of any kind', () => {
    const loop =
      '{% for i in instances %}{{ i.labels.path | json }} {{ i.labels.path | nginx }}\n{% endfor %}';
    expect(render(loop).text).toBe('null ""\nnull ""\n"x\\"; } evil" "x\\"; } evil"\n');
  });

  test('leaves out only the instance whose label it would write without quotes', () => {
    const { text, leftOut } = render(
      '{% for i in instances %}{{ i.id }}:{{ i.labels.path }} {% endfor %}',
    );
    expect(text).toBe('1: 1: ');
    expect(leftOut).toMatchObject([{ service: 'web', id: '2' }]);
  });

  test('finds the instance although a filter has changed the label', () => {
    const { leftOut } = render('{% for i in instances %}{{ i.labels.path | upcase }}{% endfor %}');
    expect(leftOut).toMatchObject([{ service: 'bad name {' }, { service: 'web', id: '2' }]);
  });

  test('leaves out a service whose name it would write without quotes', () => {
    expect(render('{% for s in services %}{{ s.name }} {% endfor %}').text).toBe('down web ');
  });

  test.each([
    ['{{ "a b" }}', /without quotes/],
    ['{{ services }}', /without quotes/],
    ['{{ x | nofilter }}', /t.liquid: undefined filter: nofilter, line:1/],
    ['{{ instances[0].id | raw }}', /undefined filter: raw/],
    ['{% echo x %}', /tag "echo" not found/],
    ['{% include "/etc/passwd" %}', /tag "include" not found/],
    ['{% for i in %}', /line:1/],
  ])('refuses %s', (source, why) => {
    expect(() => render(source)).toThrow(why);
  });
});

describe('a format', () => {
  test('for nginx has an upstream for each service, with a `down` server if no instance is usable', () => {
    expect(formatServices.nginx({ view, services })).toBe(
      'upstream down {\n  server 127.0.0.1:1 down;\n}\n' +
        'upstream web {\n  server 10.0.0.1:80;\n  server [2001:db8::7]:80;\n}\n',
    );
  });

  test('for json or prometheus is JSON', () => {
    expect(JSON.parse(formatServices.json({ view, services })).services).toHaveLength(3);
    const targets = JSON.parse(formatServices.prometheus({ view, services }));
    expect(targets.map(({ targets: [one] }: { targets: string[] }) => one)).toEqual([
      ...['10.0.0.1:80', '10.0.0.1:80', '10.0.0.1:80', '[2001:db8::7]:80'],
    ]);
  });
});
