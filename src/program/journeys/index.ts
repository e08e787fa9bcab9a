import { anniversary } from './anniversary.ts';
import { birthday } from './birthday.ts';
import { comeback30, comeback60, comeback90 } from './comeback.ts';
import { couponEnding } from './coupon-ending.ts';
import { expiring } from './expiring.ts';
import type { Journey } from './journey.ts';
import { launchAfter1, launchAfter14, launchBefore, launchOpen } from './launch.ts';
import { reach } from './reach.ts';
import { tierRisk } from './tier-risk.ts';
import { welcome1, welcome7 } from './welcome.ts';

/** Everything the program says by itself, in the order in which owners see it. */
export const journeys: readonly Journey[] = [
  ...[welcome1, welcome7],
  ...[expiring, couponEnding, tierRisk, reach],
  ...[birthday, anniversary],
  ...[comeback30, comeback60, comeback90],
  ...[launchBefore, launchOpen, launchAfter1, launchAfter14],
];

/** A journey by its key. */
export const journeyNamed = (key: string): Journey | undefined => journeys.find((journey) => journey.key === key);
