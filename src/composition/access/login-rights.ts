import { roles } from '../../adapters/nats/access/member.ts';
import {
  capabilitiesOf,
  compareWithRole,
  memberOfInbox,
  type RightOf,
} from '../../adapters/nats/access/rights-check.ts';

export { capabilitiesOf, compareWithRole, memberOfInbox, type RightOf, roles };
