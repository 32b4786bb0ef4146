import { computed } from '@preact/signals';
import { link } from './store.ts';

/** What the newest moment is called: a recording has an end, and nothing in it is live. */
export const liveLabel = computed(() =>
  link.value?.hello?.mode === 'recording' ? 'the end' : 'live',
);
