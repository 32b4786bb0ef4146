import { expect, test } from 'vitest';
import { diagnoseNames } from '../../../src/cli/doctor/registry.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { rowOf } from '../../adapters/doors/support/fake-view.ts';

test('doctor names services that DNS cannot tell apart from another', () => {
  const services = ['web', 'Web', 'web', 'API', 'a.b', 'ü', 'Ü'];
  const rows = services.map((service, n) => rowOf(`${service}/${n}`));
  const directory: Pick<Directory, 'instances'> = { instances: () => rows };
  expect(diagnoseNames(directory).map(({ what }) => what)).toEqual([
    "service 'Web' is not in DNS: the name of another service differs only in upper and lower case",
  ]);
});
