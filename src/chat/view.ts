/** `does` is opaque to a channel: what a press stands for, at most 64 bytes. `shares`: hands over their own number instead, where a messenger can. */
export type Button =
  | { label: string; does: string; style?: 'primary' | 'danger'; shares?: 'contact' }
  | { label: string; url: string }
  | { label: string; copy: string };

/** A picture in a reply. The same bytes are uploaded once per messenger and reused. */
export type Picture = { png: Uint8Array; alt: string };

/** A question of a form, for channels that paint all open questions at once. */
export type Field = {
  name: string;
  label: string;
  hint?: string;
  optional: boolean;
  choices?: readonly { label: string; value: string }[];
};

/**
 * The open questions behind a view. A channel that paints them natively (Slack's modal) sends `formText(form, values)` as the
 * person's text; every other channel ignores this and shows the view, which asks the first question.
 */
export type Form = { title: string; submit: string; starts: string; fields: Field[]; problem?: { field: string; text: string } };

/** A command as a menu shows it: its name (`[a-z]+`, the same in every language) and what it does, in the person's language. */
export type MenuItem = { name: string; about: string };

/**
 * A reply as a value. Strings are plain text in the person's language: no markup, nothing escaped. Roles, not looks: a channel
 * decides how a title or a fact is painted.
 */
export type View = {
  title?: string;
  body?: string;
  facts?: readonly (readonly [label: string, value: string])[];
  image?: Picture;
  file?: { name: string; bytes: Uint8Array };
  buttons?: readonly (readonly Button[])[];
  footer?: string;
  /** `privately`: only for this person's eyes, also where others read along. */
  show?: 'here' | 'privately';
  form?: Form;
  /** Sent to a home (`Address.home`): the commands this person has, for messengers with a menu of their own. */
  menu?: readonly MenuItem[];
};

/** The text that a filled-in form stands for. A field left empty must be the last one. */
export function formText(form: Form, values: Readonly<Record<string, string>>): string {
  const given = form.fields.map((field) => (values[field.name] ?? '').replaceAll('"', '').trim());
  while (given.at(-1) === '') given.pop();
  return [form.starts, ...given.map((value) => (/^\S+$/.test(value) ? value : `"${value}"`))].join(' ');
}

/** A view as plain text: for logs of tests, for fallbacks, for messengers without structure. */
export function plainText(view: View): string {
  const facts = view.facts?.map(([label, value]) => `${label}: ${value}`).join('\n');
  return [view.title, view.body, facts, view.footer].filter(Boolean).join('\n\n');
}
