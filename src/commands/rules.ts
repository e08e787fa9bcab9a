import type { Scene } from '../chat/command.ts';
import { pointsFor } from '../program/ledger/points.ts';
import type { Program } from '../program/settings/program.ts';

/** The rules in plain sentences, made from the program in force, with a worked example. */
export function rulesText({ say }: Pick<Scene, 'say'>, program: Program): string {
  const example = Math.round(program.earnPerMinor * 18.4);
  const { points, carried } = pointsFor(example, program);
  const left = Math.floor(carried / program.earnPoints);
  return [
    say('rules:base', { count: program.earnPoints, amount: program.earnPerMinor }),
    say(program.carryRemainder ? 'rules:carried' : 'rules:not_carried'),
    say(left > 0 ? 'rules:example_carried' : 'rules:example', { amount: example, count: points, left }),
    program.welcomePoints > 0 ? say('rules:welcome', { count: program.welcomePoints }) : '',
    program.expiryMonths === null ? say('rules:no_expiry') : say('rules:expiry', { count: program.expiryMonths }),
  ]
    .filter(Boolean)
    .join('\n');
}
