export type Choice = { value: string; label: string };

/** The choice that somebody made by its button, its value, or its name as shown to them; undefined: none of them. */
export function chosen(typed: string, choices: readonly Choice[]): string | undefined {
  const said = typed.normalize('NFKC').trim().toLowerCase();
  return choices.find(({ value, label }) => value.toLowerCase() === said || label.toLowerCase() === said)?.value;
}
