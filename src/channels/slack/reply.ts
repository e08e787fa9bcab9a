import { setTimeout as pause } from 'node:timers/promises';
import { type Log, NotSent, SlowDown, Unreachable } from '../../chat/channel.ts';
import type { View } from '../../chat/view.ts';
import { limits } from './limits.ts';
import { formErrors, type Origin, renderForm, renderStep } from './modal.ts';
import type { Post } from './post.ts';
import type { Happening, Surface } from './read.ts';
import type { Painted } from './render.ts';

/** The request behind an event, while it is open. */
export type Turn = {
  /** Epoch milliseconds. */
  receivedAt: number;
  /** Answers the request itself, with a new modal for example; false when it is too late for that. */
  answer(payload?: object): Promise<boolean>;
};

/** `place` and `chat` (their direct chat) as the event was told to the hub. */
type Where = { happening: Happening; place: Origin['place']; chat: string; turn: Turn };
type Attempt = () => Promise<unknown>;

/**
 * Shows replies where the person is looking: the message they pressed changes in place, a channel shows it to them alone, a modal goes
 * on as a modal. Falls back to their direct chat.
 */
export function createReplier(post: Post, options: { appName: string; log: Log; now(): number }) {
  const isLive = (turn: Turn): boolean => options.now() - turn.receivedAt < limits.answerWithinMs;

  return async function reply(view: View, where: Where): Promise<void> {
    const { surface } = where.happening;
    const { file, ...rest } = view;
    const direct = surface.kind === 'message' || (surface.kind === 'command' && where.place === 'direct');
    if (direct && !rest.form) return firstThatWorks([() => post.message(where.chat, view)], options.log);
    if (hasContent(rest) && !(surface.kind === 'submission' && (await answered(rest, surface, where.turn)))) {
      await firstThatWorks([...modalAttempts(rest, where), ...messageAttempts(rest, where)], options.log);
    }
    // Nothing but words can stand in a modal or be for one person's eyes: a file goes to their own chat.
    if (file) await post.message(where.chat, { file });
  };

  /** Goes on within the modal that was sent; false when it is too late or it does not fit. */
  async function answered(view: View, surface: Extract<Surface, { kind: 'submission' }>, turn: Turn): Promise<boolean> {
    try {
      return await turn.answer(nextStep(view, surface));
    } catch (error) {
      if (error instanceof NotSent) return false;
      throw error;
    }
  }

  /** The modals that could show it: a form of open questions, or the reply itself where no message stands. */
  function modalAttempts(view: View, { happening: { surface }, place, turn }: Where): Attempt[] {
    const origin = originOf(surface, place, turn);
    const { form, ...step } = view;
    const title = form?.title ?? ('meta' in surface ? surface.meta.title : undefined) ?? view.title ?? options.appName;
    const shown = form ? {} : step;
    const render = (picture: Painted) => (form ? renderForm(view, form, origin) : renderStep(step, title, origin, picture));
    if (surface.kind === 'pressInModal') return [() => post.changeModal(surface.viewId, shown, render)];
    const opens = surface.kind === 'pressInHome' || surface.kind === 'shortcut' || form !== undefined;
    if (!opens || !('triggerId' in surface) || !isLive(turn)) return [];
    return [() => post.openModal(surface.triggerId, shown, render)];
  }

  function messageAttempts(view: View, { happening, place, chat, turn }: Where): Attempt[] {
    const { surface, user } = happening;
    const direct = () => post.message(chat, view);
    if (surface.kind === 'home') return [() => post.home(user, view)];
    if (surface.kind === 'press' && place === 'direct' && !surface.ephemeral) return [() => post.change(surface.message, view)];
    if (place === 'direct') return [direct];
    const { responseUrl, until } = originOf(surface, place, turn);
    return [...privately(view, surface, user, options.now() < (until ?? 0) ? responseUrl : undefined), direct];
  }

  function privately(view: View, surface: Surface, user: string, responseUrl: string | undefined): Attempt[] {
    const instead = surface.kind === 'press' && surface.ephemeral;
    const channel = surface.kind === 'command' ? surface.channel : surface.kind === 'press' ? surface.message.chat : undefined;
    return [
      ...(responseUrl ? [() => post.respond(responseUrl, view, instead)] : []),
      ...(channel ? [() => post.ephemeral(channel, user, view)] : []),
    ];
  }
}

const hasContent = ({ title, body, facts, image, buttons, footer, form }: View): boolean =>
  Boolean(title || body || facts || image || buttons || footer || form);

/** The answer to a sent modal: what was wrong under its field, the next form, or the next step. Pictures would come too late. */
function nextStep(view: View, { meta }: Extract<Surface, { kind: 'submission' }>): object {
  const { form } = view;
  if (!form) return { response_action: 'update', view: renderStep(view, meta.title, meta.origin) };
  return formErrors(form, meta) ?? { response_action: 'update', view: renderForm(view, form, meta.origin) };
}

function originOf(surface: Surface, place: Origin['place'], turn: Turn): Origin {
  if ('meta' in surface) return surface.meta.origin;
  if (!('responseUrl' in surface) || !surface.responseUrl) return { place };
  return { place, responseUrl: surface.responseUrl, until: turn.receivedAt + limits.responseUrlMs };
}

/**
 * Tries one way after the other, as long as it is certain that nobody has seen anything.
 * @throws what the last way threw
 */
async function firstThatWorks(attempts: readonly Attempt[], log: Log): Promise<void> {
  for (const [index, attempt] of attempts.entries()) {
    try {
      await patiently(attempt);
      return;
    } catch (error) {
      const elsewhere = error instanceof NotSent || error instanceof Unreachable;
      if (!elsewhere || index === attempts.length - 1) throw error;
      log.debug({ reason: error.message }, 'a reply goes another way');
    }
  }
}

/** Somebody is waiting: a short "slow down" is waited for, a lost connection tried again. */
async function patiently(attempt: Attempt, triesLeft = 2): Promise<unknown> {
  try {
    return await attempt();
  } catch (error) {
    const waitMs =
      error instanceof SlowDown ? error.retryAfterMs : error instanceof NotSent && error.again ? 300 : Number.POSITIVE_INFINITY;
    if (triesLeft === 0 || waitMs > 5000) throw error;
    await pause(waitMs);
    return patiently(attempt, triesLeft - 1);
  }
}
