import { type Arrival, type Asked, type Done, readArrival } from '../program/arrival.ts';
import type { Actor, Context, Database } from '../program/context.ts';
import { Refusal } from '../program/refusal.ts';
import type { Hub, Log } from './channel.ts';
import { type Answers, type Command, may, type Scene, type Shop } from './command.ts';
import { endConversation, placeOf, pressedAnswer, saveConversation } from './conversation.ts';
import { type Filled, fillFrom, openAsk, questionView, readAnswer } from './form.ts';
import type { Inbound } from './inbound.ts';
import { forbidden, notice, refused, unknown } from './replies.ts';
import type { View } from './view.ts';
import type { Words } from './words.ts';

/** What the conversation stands on; made once by the composition root. */
export type Kernel = {
  db: Database;
  words: Words;
  commands: readonly Command[];
  shop: Shop;
  log: Log;
  now(): Date;
  link(payload: string): string | undefined;
  /** Whether an error means that the database is away: the event must then be delivered again. */
  isAway(error: unknown): boolean;
  /** Notes a sign of life of somebody known: where to reach them now. */
  touch(inbound: Inbound, now: Date): Promise<void>;
  /** Notes that somebody can or can't be reached. */
  reachable: Hub['reachable'];
  /** Called after an effect: there may be messages to send. Never waits. */
  ring(): void;
};

/** One event in, one view out. The doors of the program, whatever the messenger. */
export function createHub(kernel: Kernel): Hub {
  return {
    reachable: kernel.reachable,
    handle: async (inbound) => {
      try {
        const view = await converse(kernel, inbound);
        if (inbound.place === 'home') await kernel.touch(inbound, kernel.now());
        return view;
      } catch (error) {
        if (kernel.isAway(error)) throw error;
        // The one place where unexpected errors end: logged once, without what the person wrote; they get the same id.
        kernel.log.error({ event: inbound.id, channel: inbound.from.channel, err: error }, 'an event failed');
        const say = kernel.words.say(kernel.words.pick(inbound.language));
        return {
          body: say('chat:apology', { id: inbound.id }),
          buttons: [[{ label: say('chat:help'), does: 'help' }]],
          show: 'privately',
        };
      }
    },
  };
}

/** One event and all that is known about it. */
type Visit = { kernel: Kernel; inbound: Inbound; ctx: Context; scene: Scene };

/** A command that is being filled in: what is known, and the question that was answered by this event (null: it begins). */
type Turn = Filled & { command: Command; after: string | null; pressed: boolean };

async function converse(kernel: Kernel, inbound: Inbound, tries = 0): Promise<View | undefined> {
  const now = kernel.now();
  const pressed = pressedAnswer(inbound.text);
  const key = pressed?.stamp ?? inbound.id;
  const arrival = await readArrival(kernel.db, inbound.from, placeOf(inbound), key, now);
  const visit = { kernel, inbound, ctx: contextOf(kernel, inbound, arrival, key, now), scene: sceneOf(kernel, inbound, arrival) };
  if (arrival.who.stale) await kernel.touch(inbound, now);
  if (arrival.done) return again(visit, arrival.done);

  const turn = pressed ? await pressedTurn(visit, pressed) : await typedTurn(visit, inbound.text);
  if (!('command' in turn)) return turn;
  const view = await proceed(visit, turn);
  if (view !== 'raced') return view;
  if (tries >= 3) throw new Error('a conversation was answered again and again from elsewhere');
  return converse(kernel, inbound, tries + 1);
}

/** This key was used before: the first reply again, without a second effect. Somebody else's button does nothing. */
async function again(visit: Visit, done: Done): Promise<View | undefined> {
  const { ctx, inbound, scene } = visit;
  if (done.user !== inbound.from.user) return notice(scene, 'chat:not_your_button');
  if (done.request) return run(visit, commandNamed(visit.kernel, done.request.command), done.request.answers);
  const { asked } = scene;
  if (!asked) return undefined;
  // The open question once more; or its command, when the process ended between the last answer and the deed.
  const command = commandNamed(visit.kernel, asked.command);
  const ask = openAsk(command, asked.answers);
  if (ask) return questionView(command, ask, { answers: asked.answers }, asked.stamp, ctx, scene);
  return run(underKey(visit, asked.stamp), command, asked.answers);
}

async function pressedTurn(visit: Visit, pressed: { stamp: string; value: string }): Promise<Turn | View> {
  const { asked } = visit.scene;
  if (asked?.stamp === pressed.stamp) return answeredTurn(visit, asked, pressed.value, true);
  return notice(visit.scene, 'chat:old_button');
}

/** An answer to the open question, as a turn of its command. */
async function answeredTurn(visit: Visit, asked: Asked, typed: string, pressed: boolean): Promise<Turn | View> {
  const { kernel, ctx, scene } = visit;
  const command = commandNamed(kernel, asked.command);
  const { answers, stamp } = asked;
  const ask = openAsk(command, answers);
  if (!ask) return { command, answers, after: stamp, pressed };
  if (!may(scene, command.for)) return forbidden(scene, command);
  const read = await readAnswer(ask, typed, ctx, scene, answers);
  if (read instanceof Refusal)
    return refusing(visit, command, true, () => questionView(command, ask, { answers, problem: read }, stamp, ctx, scene));
  return { command, answers: { ...answers, [ask.name]: read }, after: stamp, pressed };
}

async function typedTurn(visit: Visit, text: string): Promise<Turn | View> {
  const { kernel, ctx, scene } = visit;
  const named = kernel.words.command(text);
  const command = named && kernel.commands.find((one) => one.name === named.name);
  // Behind an open question, a press, a bare name or a slash is a command; all else an answer, or a refused one that a command can use.
  if (scene.asked && !(command && (visit.inbound.pressed || named.whole || text.trim().startsWith('/')))) {
    const turn = await answeredTurn(visit, scene.asked, text, false);
    if ('command' in turn || !(command?.asks || command?.becomes?.(named?.rest ?? '', scene))) return turn;
  }
  if (!command || !named) return unknown(kernel, scene, text);
  const instead = command.becomes?.(named.rest, scene);
  if (instead !== undefined) return typedTurn({ ...visit, scene: { ...scene, asked: null } }, instead);
  if (!may(scene, command.for)) return forbidden(scene, command);
  return { command, ...(await fillFrom(command, named.rest, ctx, scene)), after: null, pressed: false };
}

/** Asks what is open, or does what is asked for. */
async function proceed(visit: Visit, turn: Turn): Promise<View | 'raced'> {
  const { inbound, ctx, scene } = visit;
  const { command, answers } = turn;
  if (!may(scene, command.for)) return forbidden(scene, command);
  const ask = openAsk(command, answers);
  if (turn.problem && turn.failed?.optional) return refused(scene, turn.problem, command, turn.failed, answers);
  // A press carries its question's stamp and a command in one line its event's id: either is a key by itself. An answer that was typed
  // has none until it is kept.
  if (!ask && (turn.pressed || turn.after === null)) return run(visit, command, answers);
  const asked = await saveConversation(ctx, inbound, command.name, answers, turn.after);
  if (!asked) return 'raced';
  if (!ask) return run(underKey(visit, asked.stamp), command, answers);
  return refusing(visit, command, true, () => questionView(command, ask, turn, asked.stamp, ctx, scene));
}

async function run(visit: Visit, command: Command, answers: Answers): Promise<View> {
  const { kernel, inbound, ctx, scene } = visit;
  const held = ctx.key.id !== inbound.id;
  return refusing(visit, command, held, async () => {
    const request = { command: command.name, answers: { ...answers } };
    const view = await command.run({ ...ctx, key: { ...ctx.key, request } }, answers, scene);
    // Verbs end their conversation in their own transaction; a command that only reads has none.
    if (!command.reads) kernel.ring();
    else if (held) await endConversation(ctx, inbound);
    return view;
  });
}

/** A refusal ends the form that led to it, and is a reply. */
async function refusing(visit: Visit, command: Command, held: boolean, work: () => Promise<View>): Promise<View> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (held) await endConversation(visit.ctx, visit.inbound);
    return refused(visit.scene, error, command);
  }
}

const underKey = (visit: Visit, id: string): Visit => ({ ...visit, ctx: { ...visit.ctx, key: { ...visit.ctx.key, id } } });

function commandNamed(kernel: Kernel, name: string): Command {
  const command = kernel.commands.find((one) => one.name === name);
  if (!command) throw new Error(`no command is called ${name}`);
  return command;
}

function contextOf(kernel: Kernel, { from }: Inbound, { who }: Arrival, id: string, now: Date): Context {
  const actor: Actor = who.personId === null ? { kind: 'program', name: 'stranger' } : { kind: 'person', personId: who.personId };
  return { db: kernel.db, now, actor, key: { id, channel: from.channel, user: from.user } };
}

type Visitor = Omit<Inbound, 'id' | 'text'>;
function sceneOf(kernel: Kernel, { from, name, language, place, contact, photo }: Visitor, arrival: Arrival): Scene {
  const { words, shop, link } = kernel;
  const spoken = words.pick(arrival.who.language, language);
  // A question of a command that a newer release no longer has is forgotten.
  const asked = kernel.commands.some((command) => command.name === arrival.asked?.command) ? arrival.asked : null;
  const here = { shop, link, from, place, contact, photo, name: arrival.who.name || name };
  const said = { language: spoken, say: words.say(spoken), speak: words.say };
  const commands = (): Command[] => kernel.commands.filter((command) => may(arrival, command.for));
  return { ...arrival, ...here, ...said, asked, commands };
}

/** What somebody sees who is shown something unasked: as if they had just arrived. */
export async function sceneAt(kernel: Kernel, from: Inbound['from']): Promise<Scene> {
  const arrival = await readArrival(kernel.db, from, 'direct', '', kernel.now());
  return sceneOf(kernel, { from, name: arrival.who.name, place: 'direct' }, arrival);
}
