import { element } from './element.js';
import { messageNode } from './message.js';

/** How far from the end somebody may have scrolled and still be taken along, in pixels. */
const nearEnd = 80;

const withoutButtons = (message) => message && { ...message, view: { ...message.view, buttons: undefined } };

/** Keeps a scrolled box at its end, unless somebody has scrolled up to read. */
function followEnd(box) {
  let following = true;
  const toEnd = () => box.scrollTo({ top: box.scrollHeight });
  box.addEventListener('scroll', () => {
    following = box.scrollHeight - box.scrollTop - box.clientHeight < nearEnd;
  });
  // The chips took another line, a keyboard came up, a tab brought this phone to the front.
  new ResizeObserver(() => following && toEnd()).observe(box);
  return { toEnd, following: () => following };
}

/**
 * What was said on a phone.
 * @param {(message: object) => object} context what a message needs to be painted, in the language of the phone
 * @param {() => string} quiet what stands there while nothing was said
 */
export function createLog(context, quiet) {
  const messages = new Map();
  const nodes = new Map();
  const root = element('div', { class: 'log', role: 'log', tabindex: '0', 'aria-busy': 'true' });
  const typing = element('p', { class: 'typing', hidden: true }, element('i'), element('i'), element('i'));
  const end = followEnd(root);
  let painted = false;
  let waiting = 0;
  let lastDay;

  function place(message) {
    const old = nodes.get(message.of);
    const around = context(message);
    const node = messageNode(message, around);
    nodes.set(message.of, node);
    if (!old) {
      const day = around.day(message.at);
      if (lastDay !== day) root.append(element('p', { class: 'day' }, day));
      lastDay = day;
      root.append(node);
      return;
    }
    const focused = old.contains(document.activeElement);
    node.classList.add('changed');
    old.replaceWith(node);
    if (focused) (node.querySelector('button, a') ?? root).focus({ preventScroll: true });
  }

  function paint() {
    root.replaceChildren();
    lastDay = undefined;
    nodes.clear();
    if (messages.size === 0) root.append(element('p', { class: 'quiet' }, quiet()));
    for (const message of messages.values()) place(message);
    painted = true;
    root.setAttribute('aria-busy', 'false');
    end.toEnd();
  }

  return {
    root,
    /** Paints everything anew: the language is another. Before the first time, messages are only noted. */
    paint,
    begun: () => messages.size > 0,
    /** Takes a message; one that stands in place of another takes its place. */
    show(told) {
      const message = told.bare ? withoutButtons(messages.get(told.of)) : told;
      if (!message) return;
      const last = [...messages.keys()].at(-1);
      const follow = message.mine || (end.following() && (!messages.has(message.of) || last === message.of));
      messages.set(message.of, message);
      if (!painted) return;
      root.querySelector('.quiet')?.remove();
      place(message);
      if (!typing.hidden) root.append(typing);
      if (follow) end.toEnd();
    },
    forget() {
      messages.clear();
      if (painted) paint();
    },
    /** Shows that an answer is on its way until `sent` is; and what was wrong, if it was refused. */
    async await(sent) {
      typing.hidden = ++waiting === 0;
      root.append(typing);
      end.toEnd();
      const problem = await sent;
      typing.hidden = --waiting === 0;
      if (!problem) return;
      root.append(element('p', { class: 'problem', role: 'alert' }, problem));
      end.toEnd();
    },
  };
}
