import { openMemory } from './memory-subject.ts';
import { contract } from './suite.ts';

contract('the memory store', openMemory, { histories: 300, timeIsFree: true });
