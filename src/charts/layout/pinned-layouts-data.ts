/**
 * The ways that were found best for our own machines, by what is drawn: written by
 * `npm run docs:machines`, so that a picture depends neither on the time there is nor on the search.
 */
export const pinnedLayouts: Readonly<Record<string, string>> = {
  '03fb4df28ca5 down run.present': 'depth-straight-short-ordered',
  '03fb4df28ca5 down run.present.phase run.present.sight': 'depth-straight-short-ordered',
  '03fb4df28ca5 down run.present.phase': 'depth-straight-short-free',
  '03fb4df28ca5 down run.present.sight': 'depth-balanced-short-ordered',
  '03fb4df28ca5 down': 'depth-balanced-short-ordered',
  '7929c2f2f14f down': 'depth-balanced-short-ordered',
  '50cd100fa151 down': 'depth-straight-short-free',
  '2b35fc10588a down collector.seated': 'depth-balanced-short-ordered',
  '2b35fc10588a down': 'depth-straight-short-ordered',
  'c5013d43bd04 down': 'depth-straight-short-ordered',
  '6763264cbba7 down': 'depth-straight-short-ordered',
  'a090bd43e012 down': 'depth-straight-short-ordered',
};
