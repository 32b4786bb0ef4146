import { contract } from './suite.ts';
import { openMemory } from './support/memory-store.ts';

contract('the memory store', openMemory, { histories: 300, timeIsFree: true });
