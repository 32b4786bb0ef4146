import { Liquid } from 'liquidjs';

/** Tags that print a value without `outputEscape`, or that read files. */
const unsafeTags = ['echo', 'cycle', 'liquid', 'include', 'render', 'layout', 'block'];
/** Filters that print a text without `outputEscape`. */
const unsafeFilters = ['raw', 'jsonify', 'inspect', 'xml_escape', 'escape'];

type Options = ConstructorParameters<typeof Liquid>[0];

/** Liquid, which can run no code, limited to what prints every value by `outputEscape`. */
export function safeLiquid(
  outputEscape: (value: unknown) => string,
  options: Options = {},
): Liquid {
  const engine = new Liquid({
    ...{ ownPropertyOnly: true, strictFilters: true, renderLimit: 10_000 },
    ...{ ...options, outputEscape },
  });
  for (const tag of unsafeTags) delete engine.tags[tag];
  for (const name of unsafeFilters) delete engine.filters[name];
  return engine;
}
