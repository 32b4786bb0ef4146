import { Fault } from '../../../domain/fault.ts';
import { type FileInstance, type FileService, textsOf } from './file-data.ts';
import { mayStandUnquoted, type Template } from './template.ts';

export interface SafeText {
  readonly text: string;
  /** Instances that are left out, because the template writes one of their texts without quotes. */
  readonly leftOut: readonly FileInstance[];
}

/**
 * Renders a template without the instances whose texts it would write unquoted and unsafe: one hostile label
 * takes only its own instance out of the file.
 * @throws {Fault} `bad-setting` if a text is refused that no instance has
 */
export function renderSafely(template: Template, services: readonly FileService[]): SafeText {
  const leftOut: FileInstance[] = [];
  let left = services;
  for (let tries = 0; tries < 3; tries += 1) {
    const { text, refused } = template(left);
    if (refused.size === 0) return { text, leftOut };
    const has = (one: FileInstance) => textsOf(one).some((its) => refused.has(its));
    // A filter may have changed the text: then every instance with a text that needs quotes.
    const needsQuotes = (one: FileInstance) => textsOf(one).some((its) => !mayStandUnquoted(its));
    const isCause = left.some(({ instances }) => instances.some(has)) ? has : needsQuotes;
    const named = left.filter(({ name }) => !refused.has(name));
    const next = named.map((service) => ({
      ...service,
      instances: service.instances.filter((one) => !isCause(one)),
    }));
    leftOut.push(...left.flatMap(({ instances }) => instances.filter(isCause)));
    if (count(next) === count(left)) throw unquoted(refused);
    left = next;
  }
  throw unquoted(template(left).refused);
}

const count = (services: readonly FileService[]): number =>
  services.reduce((sum, { instances }) => sum + 1 + instances.length, 0);

const unquoted = (refused: ReadonlySet<string>): Fault =>
  new Fault(
    'bad-setting',
    `the template writes ${[...refused].map((text) => JSON.stringify(text)).join(', ')} without quotes`,
    { hint: 'quote each text with | json or | nginx' },
  );
