import type { Scene } from '../../chat/command.ts';

/** Parts of a draft as its screen names them; parts that change together have one name. */
const names: Readonly<Record<string, string>> = {
  texts: 'text',
  variants: 'text',
  name: 'name',
  topic: 'kind',
  segment: 'people',
  picture: 'picture',
  button: 'button',
  offer: 'button',
  endsAt: 'ends',
  schedule: 'time',
  budget: 'budget',
  controlPercent: 'control',
  test: 'split',
  windowDays: 'window',
  resend: 'unknown',
  paid: 'paid',
};

/** Which parts of a draft were changed, in words. */
export const fieldsText = (fields: readonly string[], { say }: Pick<Scene, 'say'>): string => {
  const found = [...new Set(fields.flatMap((field) => names[field] ?? []))];
  return found.length === 0 ? say('broadcast:part.state') : found.map((name) => say(`broadcast:part.${name}`)).join(', ');
};
