import { computed } from '@preact/signals';
import { connection } from './store.ts';

/** What the newest moment is called: a recording has an end, and nothing in it is live. */
export const liveLabel = computed(() =>
  connection.value?.hello?.mode === 'recording' ? 'the end' : 'live',
);
