import { fileURLToPath } from 'node:url';
import { readFolder } from '../../composition/files.ts';
import type { Files } from '../../dashboard/server/http/assets.ts';
import { Fault } from '../../domain/fault.ts';

/** Beside what was built of this file; in a checkout there is only source. */
const isBuilt = import.meta.url.endsWith('.js');
const built = fileURLToPath(new URL('../../dashboard/web/', import.meta.url));

/**
 * The page: as it was shipped, or in a checkout made anew from its source, which takes a moment.
 * @throws {Fault} `bad-setting`
 */
export async function pageFiles(): Promise<Files> {
  if (!isBuilt) {
    const { bundlePage } = await import('../../dashboard/build/bundle.ts');
    return bundlePage();
  }
  const files = await readFolder(built);
  if (files?.has('index.html')) return files;
  throw new Fault('bad-setting', `the dashboard's page is not in ${built}`, {
    hint: 'the installation is not whole: install it again',
  });
}
