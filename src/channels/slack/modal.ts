import type { types } from '@slack/bolt';
import { NotSent } from '../../chat/channel.ts';
import type { Inbound } from '../../chat/inbound.ts';
import type { Button, Field, Form, View } from '../../chat/view.ts';
import { limits } from './limits.ts';
import { cut } from './literal.ts';
import { assertDoes, type Painted, plain, renderBlocks } from './render.ts';

/** Where what was begun in a modal came from: there goes what can't be said in it. `until`: when the response URL dies, epoch ms. */
export type Origin = { place: Exclude<Inbound['place'], 'home'>; responseUrl?: string; until?: number };

/** What a modal keeps about itself in its private_metadata. */
export type Meta = { title: string; origin: Origin; starts?: string; fields?: string[]; does?: string; cancel?: string };

/** The names by which modals come back. */
export const callbackIds = { form: 'form', step: 'step' } as const;

/** The text that ends whatever is being asked. */
const cancel = 'cancel';

/** The action_id of the one element in each input block; the block carries the field's name. */
const inputId = 'value';

type DoesButton = Extract<Button, { does: string }>;

/**
 * The open questions of a command as one modal, under what is already known.
 * @throws NotSent when the form does not fit into Slack's limits
 */
export function renderForm(view: View, form: Form, origin: Origin): types.ModalView {
  const { starts, problem } = form;
  // A form that is closed unfinished must not leave its question open for the next words in the chat.
  const meta: Meta = { title: form.title, origin, starts, fields: form.fields.map(({ name }) => name), cancel };
  const known: View = {
    ...(view.title ? { title: view.title } : {}),
    ...(problem ? { body: problem.text } : {}),
    ...(view.facts ? { facts: view.facts } : {}),
    ...(form.fields.length === 1 ? aboutOne(view) : {}),
  };
  const inputs = form.fields.map(inputBlock);
  return {
    type: 'modal',
    callback_id: callbackIds.form,
    title: plain(form.title, limits.viewTitle),
    submit: plain(form.submit, limits.viewSubmit),
    notify_on_close: true,
    private_metadata: metadata(meta),
    blocks: [...renderBlocks(known, {}, limits.viewBlocks - inputs.length), ...inputs],
  };
}

/** What is asked and what can be pressed instead of typed, where a modal asks for one thing only. The modal itself has a way out. */
function aboutOne({ body, buttons }: View): View {
  const answers = buttons?.map((row) => row.filter((button) => !('does' in button) || button.does !== cancel)) ?? [];
  return { ...(body ? { body } : {}), buttons: answers.filter((row) => row.length > 0) };
}

/**
 * A reply as the next step of a modal: its primary button becomes the modal's own, the button that cancels (or the only other one) its
 * way out. A reply without a primary button is the last step.
 */
export function renderStep(view: View, title: string, origin: Origin, painted: Painted = {}): types.ModalView {
  const offered = view.buttons?.flat().filter((button): button is DoesButton => 'does' in button) ?? [];
  const primary = offered.find(({ style }) => style === 'primary');
  const others = offered.filter((button) => button !== primary);
  // Closed unfinished, it must not leave its question open, whatever else can be pressed in it.
  const wayOut = others.find(({ does }) => does === cancel) ?? (primary && others.length === 1 ? others[0] : undefined);
  const taken = new Set<Button>([primary, wayOut].filter((button) => button !== undefined));
  const buttons = view.buttons?.map((row) => row.filter((button) => !taken.has(button))) ?? [];
  for (const { does } of [primary, wayOut].filter((button) => button !== undefined)) assertDoes(does);
  return {
    type: 'modal',
    callback_id: callbackIds.step,
    title: plain(title, limits.viewTitle),
    ...(primary ? { submit: plain(primary.label, limits.viewSubmit) } : {}),
    ...(wayOut ? { close: plain(wayOut.label, limits.viewClose), notify_on_close: true } : {}),
    private_metadata: metadata({
      title,
      origin,
      ...(primary ? { does: primary.does } : {}),
      ...(wayOut ? { cancel: wayOut.does } : {}),
    }),
    blocks: renderBlocks({ ...view, buttons }, painted, limits.viewBlocks),
  };
}

/** The view as an App Home. */
export const renderHome = (view: View, painted: Painted = {}): types.HomeView => ({
  type: 'home',
  blocks: renderBlocks(view, painted, limits.viewBlocks),
});

/** The problem of a form as the answer that shows it under its field; undefined when the field is not in the modal. */
export function formErrors(form: Form, meta: Meta): { response_action: 'errors'; errors: Record<string, string> } | undefined {
  if (!form.problem || !meta.fields?.includes(form.problem.field)) return undefined;
  return { response_action: 'errors', errors: { [form.problem.field]: cut(form.problem.text, limits.inputHint) } };
}

/**
 * What a modal kept about itself.
 * @throws SyntaxError when it is not ours
 */
export function readMeta(privateMetadata: string): Meta {
  const meta: Partial<Meta> = JSON.parse(privateMetadata);
  if (typeof meta.title !== 'string' || typeof meta.origin?.place !== 'string')
    throw new SyntaxError('the metadata of a modal is not ours');
  return { ...meta, title: meta.title, origin: meta.origin };
}

/** What was filled in, by field. */
export function readValues(state: { [block: string]: { [action: string]: StateValue } }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(state).map(([name, block]) => [name, block[inputId]?.selected_option?.value ?? block[inputId]?.value ?? '']),
  );
}

type StateValue = { value?: string | null; selected_option?: { value: string } | null };

function metadata(meta: Meta): string {
  const text = JSON.stringify(meta);
  if (text.length > limits.privateMetadata) throw new NotSent('a form is too long for a modal', false);
  return text;
}

function inputBlock({ name, label, hint, optional, choices }: Field): types.InputBlock {
  if (name.length > limits.blockId) throw new NotSent('the name of a field is too long', false);
  return {
    type: 'input',
    block_id: name,
    label: plain(label, limits.inputLabel),
    optional,
    ...(hint ? { hint: plain(hint, limits.inputHint) } : {}),
    element:
      choices && fits(choices)
        ? { type: 'static_select', action_id: inputId, options: choices.map(option) }
        : { type: 'plain_text_input', action_id: inputId },
  };
}

// A list that Slack can't show whole is asked for in words: dropping choices silently would be worse.
const fits = (choices: NonNullable<Field['choices']>): boolean =>
  choices.length > 0 && choices.length <= limits.options && choices.every(({ value }) => value.length <= limits.optionValue);

const option = ({ label, value }: { label: string; value: string }): types.PlainTextOption => ({
  text: plain(label, limits.optionText),
  value,
});
