import { recordSubject } from '../../../../src/adapters/memory/server/subjects.ts';
import type { Checker } from '../checks.ts';

/** An unreadable record is reported and left unchanged; a new run may replace an agent record. */
export const g12: Checker = {
  guarantee: 'G12',
  survivesLoss: true,
  of: (sim, complain) => ({
    onPeace: () => {
      for (const [key, text] of sim.byHand) {
        if (text === undefined || sim.roster.places.some((place) => isOf(place, key))) continue;
        const stands = sim.fleet.world.registry.last(recordSubject(key))?.text;
        if (stands !== text) complain(`${key} was not left alone`);
        for (const [name, { directory }] of sim.roster.consumers) {
          const reported = directory.unreadable().some((record) => record.key === key);
          if (!reported) complain(`${name} is not told of ${key}`);
        }
      }
    },
  }),
};

const isOf = (place: string, key: string): boolean => key === `agent.${place.replace('/', '.')}`;
