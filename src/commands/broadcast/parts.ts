import { budgetPart } from './budget.ts';
import { buttonPart, linkPart, pointsPart, questionPart, rewardPart } from './button.ts';
import type { Part } from './part.ts';
import { picturePart } from './picture.ts';
import { controlPart, endsPart, kindPart, namePart, paidPart, unknownPart, windowPart } from './settings.ts';
import { splitPart, wordingsPart } from './split.ts';
import { timePart } from './time.ts';

/** What of a draft is set by one answer. Its words and its people have commands of their own. */
export const parts: readonly Part[] = [
  picturePart,
  buttonPart,
  rewardPart,
  pointsPart,
  linkPart,
  questionPart,
  timePart,
  endsPart,
  budgetPart,
  controlPart,
  namePart,
  kindPart,
  windowPart,
  unknownPart,
  wordingsPart,
  splitPart,
  paidPart,
];
