import { tryAllAttacks } from './support/attack-table.ts';

tryAllAttacks({ mode: 'jwt', size: 3 });
