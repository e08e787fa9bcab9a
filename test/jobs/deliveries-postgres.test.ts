import { deliverySuite } from './delivery-suite.ts';
import { upkeepSuite } from './upkeep-suite.ts';

deliverySuite('PostgreSQL', (pgUrl) => ({ pgUrl }));
upkeepSuite('PostgreSQL', (pgUrl) => ({ pgUrl }));
