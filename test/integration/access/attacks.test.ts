import { tryAllAttacks } from './support/attack-table.ts';

tryAllAttacks({ mode: 'static', size: 1 });
