import { z } from 'zod';
import type { Say } from '../chat/words.ts';

/** What every notice about a coupon carries: the reward's name by language, as the program has it. */
export const nameParams = { name: z.record(z.string(), z.string()) };

/** The name in the recipient's language, else in English, else in any that it has. */
export const rewardName = ({ name }: { name: Record<string, string> }, say: Say): string =>
  name[say.language] ?? name['en'] ?? Object.values(name)[0] ?? '';
