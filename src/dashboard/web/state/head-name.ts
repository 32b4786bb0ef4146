import { computed } from '@preact/signals';
import { connection } from './store.ts';

/** The name of the newest moment: a recording has an end and is not live. */
export const liveLabel = computed(() =>
  connection.value?.hello?.mode === 'recording' ? 'the end' : 'live',
);
