/**
 * Writes the SBOM of the package: `npm run sbom`. `npm sbom --omit dev` of npm 11.19 also leaves out packages that
 * both the program and a development package need (zod, yaml), so this removes the development packages itself.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

interface Component {
  readonly 'bom-ref': string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Sbom {
  readonly metadata: { readonly component: object };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn?: readonly string[];
  }[];
}

const args = [
  'sbom',
  '--sbom-format',
  'cyclonedx',
  '--sbom-type',
  'library',
  '--package-lock-only',
];
const all: Sbom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 2 ** 26 }));

const isDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some(({ name }) => name === 'cdx:npm:package:development');
const removed = new Set(all.components.filter(isDevelopment).map((one) => one['bom-ref']));
const kept = (ref: string): boolean => !removed.has(ref);

const sbom = {
  ...all,
  // npm gives the name of the folder.
  metadata: { ...all.metadata, component: { ...all.metadata.component, name: 'rollcall' } },
  components: all.components.filter((one) => kept(one['bom-ref'])),
  dependencies: all.dependencies
    .filter(({ ref }) => kept(ref))
    .map((one) => ({ ...one, dependsOn: (one.dependsOn ?? []).filter(kept) })),
};
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`);
