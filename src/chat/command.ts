import type { Arrival } from '../program/arrival.ts';
import type { Context } from '../program/context.ts';
import type { Inbound } from './inbound.ts';
import type { Field, View } from './view.ts';
import type { Say } from './words.ts';

/** The business, as configured. */
export type Shop = { name: string; currency: string; timeZone: string; language: string };

/** What a command knows besides its answers: who asks, in which language, where. */
export type Scene = Arrival &
  Pick<Inbound, 'from' | 'place'> & {
    contact: Inbound['contact'];
    photo: Inbound['photo'];
    say: Say;
    /** The words of another language. */
    speak(language: string): Say;
    shop: Shop;
    name: string;
    language: string;
    /** Every command this person may use, for help and suggestions. */
    commands(): readonly Command[];
    /** A link that opens the bot with a payload, when there is a messenger or a public address that has one. */
    link(payload: string): string | undefined;
  };

/** Answers so far, in the form in which `read` returned them. */
export type Answers = Readonly<Record<string, string>>;

/** A question of a form. */
export type Ask = {
  name: string;
  /** Not asked for step by step; taken when given with the command, offered in a form. */
  optional?: true;
  /**
   * Turns what was typed into the answer that is kept, or throws Refusal, whose sentence is shown above the question. What is kept
   * is a text that `read` takes again. `answers` holds the answers before this one.
   */
  read(typed: string, ctx: Context, scene: Scene, answers: Answers): string | Promise<string>;
  /** What of the rest of a typed command belongs to this answer; without it, one word (or a quoted text). */
  takes?: RegExp;
  /** How it is asked; a Refusal thrown here ends the form (there is nothing to ask about). A button answers when its `does` is `answer(...)`. */
  question(ctx: Context, answers: Answers, scene: Scene, answer: (value: string) => string): View | Promise<View>;
  /** How a form names it, undefined where it has no use or is better asked by itself; without it, it is not taken from a command either. */
  field?(scene: Scene): Omit<Field, 'name' | 'optional'> | undefined;
};

export type Audience = 'anyone' | 'member' | 'staff' | 'owner';

/** A command is a form plus a run. Its names in every language stand in `locales/<language>/commands.json`. */
export type Command = {
  name: string;
  for: Audience;
  asks?: readonly Ask[];
  /** Not offered in menus and help: reached by links and buttons. */
  hidden?: true;
  /** Changes nothing: no message can follow from it. */
  reads?: true;
  /** Another text to treat in place of this one (`start c_…` of a member of staff is `credit …`). */
  becomes?(args: string, arrival: Arrival): string | undefined;
  /** Does it. Throws Refusal to say no. Called again with the same `ctx.key` it must give the same reply and no second effect. */
  run(ctx: Context, answers: Answers, scene: Scene): Promise<View>;
};

/** Whether somebody may use a command, judged by the roles the database holds now. */
export function may(arrival: Arrival, audience: Audience): boolean {
  const { who } = arrival;
  if (audience === 'anyone') return true;
  if (audience === 'member') return who.member !== null;
  if (audience === 'staff') return who.role !== null;
  return who.role === 'owner';
}
