import { expect, test } from 'vitest';
import { prometheusTargets } from '../../../../src/adapters/doors/http/prometheus-targets.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

const targetsOf = (view: FakeView) =>
  prometheusTargets(view, view.services(), 'prometheus').map(({ group }) => group);

test('a target has the names of the instance, its state and its labels', () => {
  const view = new FakeView();
  view.zone = 'rack-1';
  const labels = { version: '1.2', 'a.b': 'first', a_b: 'second', 'a-b': 'third' };
  view.set('web', rowOf('web/1', { address: '::1', port: 8080, labels }));
  expect(targetsOf(view)).toEqual([
    {
      targets: ['[::1]:8080'],
      labels: {
        __meta_rollcall_service: 'web',
        __meta_rollcall_id: '1',
        __meta_rollcall_host: 'h1',
        __meta_rollcall_agent: 'a',
        __meta_rollcall_zone: 'rack-1',
        __meta_rollcall_state: 'live',
        __meta_rollcall_reason: '',
        // Of names that differ only in special characters, the first counts.
        __meta_rollcall_label_a_b: 'third',
        __meta_rollcall_labelpresent_a_b: 'true',
        __meta_rollcall_label_version: '1.2',
        __meta_rollcall_labelpresent_version: 'true',
      },
    },
  ]);
});

test('targets are in any state and in a stable order, without contested and unsafe ones', () => {
  const view = new FakeView();
  view.set(
    'web',
    rowOf('web/2', { state: 'failing', health: { state: 'failing', detail: 'x' } }),
    rowOf('web/3', { state: 'dubious', reason: 'contested' }),
    rowOf('web/4', { address: '1.2.3.4:80, evil' }),
    rowOf('web/5', { state: 'dubious', reason: 'superseded', successor: 'live' }),
    rowOf('web/6', { port: null }),
    rowOf('web/1', { state: 'dubious', reason: 'silent' }),
  );
  view.set('db', rowOf('db/1'));
  expect(targetsOf(view).map(({ labels }) => labels)).toMatchObject([
    { __meta_rollcall_service: 'db', __meta_rollcall_id: '1' },
    { __meta_rollcall_id: '1', __meta_rollcall_state: 'dubious', __meta_rollcall_reason: 'silent' },
    { __meta_rollcall_id: '2', __meta_rollcall_state: 'failing' },
  ]);
});
