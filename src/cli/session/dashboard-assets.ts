import { fileURLToPath } from 'node:url';
import { readFolder } from '../../composition/files.ts';
import type { Files } from '../../dashboard/server/http/assets.ts';
import { Fault } from '../../domain/fault.ts';

/** Whether this file is compiled; a checkout has only sources. */
const isBuilt = import.meta.url.endsWith('.js');
const built = fileURLToPath(new URL('../../dashboard/web/', import.meta.url));

/** The files of the page. A checkout bundles them first. @throws {Fault} `bad-setting` */
export async function pageFiles(): Promise<Files> {
  if (!isBuilt) {
    const { bundlePage } = await import('../../dashboard/build/bundle.ts');
    return bundlePage();
  }
  const files = await readFolder(built);
  if (files?.has('index.html')) return files;
  throw new Fault('bad-setting', `the files of the dashboard are missing in ${built}`, {
    hint: 'the installation is incomplete: install it again',
  });
}

/** Recording of a real fleet, two minutes long, made by `npm run recording`. */
export const sampleFile = fileURLToPath(
  new URL('../../dashboard/recording/sample.ndjson.gz', import.meta.url),
);
