import type { Context } from '../program/context.ts';
import { Refusal } from '../program/refusal.ts';
import type { Answers, Ask, Command, Scene } from './command.ts';
import { answerText } from './conversation.ts';
import type { Form, View } from './view.ts';
import { commandKey } from './words.ts';

/** A form as far as it is filled. `problem`: what was wrong with the answer to `failed`, or to the first open question. */
export type Filled = { answers: Answers; problem?: Refusal; failed?: Ask };

/** What came of reading an answer. */
type Read = string | Refusal;

const quoted = /^"([^"]*)"/;

/** The next question to ask: the first one unanswered that must be known. */
export const openAsk = (command: Command, answers: Answers): Ask | undefined =>
  command.asks?.find((ask) => !ask.optional && !(ask.name in answers));

/** Takes answers from what stands behind a command's name. Stops at the first that is refused; what was understood is kept. */
export async function fillFrom(command: Command, rest: string, ctx: Context, scene: Scene): Promise<Filled> {
  const answers: Record<string, string> = {};
  const takers = command.asks?.filter((ask) => ask.field) ?? [];
  let left = rest.trim();
  for (const [at, ask] of takers.entries()) {
    if (left === '') break;
    const inQuotes = quoted.exec(left);
    const piece = inQuotes?.[0] ?? (at === takers.length - 1 ? left : ((ask.takes ?? /^\S+/).exec(left)?.[0] ?? left));
    left = left.slice(piece.length).trim();
    // Left empty in a form.
    if (ask.optional && inQuotes?.[1] === '') continue;
    const read = await readAnswer(ask, inQuotes?.[1] ?? piece, ctx, scene, answers);
    if (read instanceof Refusal) return { answers, problem: read, failed: ask };
    answers[ask.name] = read;
  }
  return { answers };
}

/** Reads one answer; a refusal is a value here, since it is shown above the question. */
export async function readAnswer(ask: Ask, typed: string, ctx: Context, scene: Scene, answers: Answers): Promise<Read> {
  try {
    return await ask.read(typed, ctx, scene, answers);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The view of an open question, with what was wrong above it and the whole form behind it for channels that can paint one. */
export async function questionView(
  command: Command,
  ask: Ask,
  filled: Filled,
  stamp: string,
  ctx: Context,
  scene: Scene,
): Promise<View> {
  const view = await ask.question(ctx, filled.answers, scene, (value) => answerText(stamp, value));
  const problem = filled.problem && refusalText(filled.problem, scene);
  const form = formOf(command, ask, filled.answers, problem, scene);
  return {
    ...view,
    ...(problem ? { body: [problem, view.body].filter(Boolean).join('\n\n') } : {}),
    ...(form ? { form } : {}),
  };
}

/** The sentence of a refusal in the person's language. */
export const refusalText = (refusal: Refusal, scene: Pick<Scene, 'say'>): string =>
  scene.say(`refusals:${refusal.code}`, refusal.params);

/** The open questions as a form, for the people whose commands are painted so. */
export function formOf(
  command: Command,
  ask: Ask,
  answers: Answers,
  problem: string | undefined,
  scene: Scene,
): Form | undefined {
  if (!ask.field?.(scene) || command.for === 'anyone' || command.for === 'member') return undefined;
  const asks = command.asks ?? [];
  const known = asks.slice(0, asks.indexOf(ask)).flatMap((one) => (one.name in answers ? [answers[one.name] as string] : []));
  return {
    title: scene.say(commandKey(command.name, 'title')),
    submit: scene.say('chat:continue'),
    starts: [command.name, ...known].join(' '),
    fields: asks.flatMap((one) => {
      const field = one.name in answers ? undefined : one.field?.(scene);
      return field ? [{ name: one.name, optional: one.optional ?? false, ...field }] : [];
    }),
    ...(problem ? { problem: { field: ask.name, text: problem } } : {}),
  };
}
