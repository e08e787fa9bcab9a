import { element, icon } from './element.js';

const steps = document.querySelector('#steps');
const tabs = document.querySelector('#tabs');

/** Puts other buttons in the place of those of `box`, and the keyboard back where it was among them. */
function repaint(box, ...children) {
  const focused = [...box.querySelectorAll('button')].indexOf(document.activeElement);
  box.replaceChildren(...children);
  if (focused >= 0) box.querySelectorAll('button')[focused]?.focus();
}

/** The tour through the program: what is done, what is next; pressing a step leads to where it happens. */
export function paintTour(list, words, named, onStep) {
  const next = list.findIndex(({ done }) => !done);
  const item = (one, index) =>
    element(
      'li',
      { class: one.done ? 'done' : index === next ? 'next' : 'later' },
      element(
        'button',
        { type: 'button', 'aria-current': index === next && 'step', onclick: () => onStep(one) },
        element('span', { class: 'mark', 'aria-hidden': 'true' }, one.done ? icon('check') : String(index + 1)),
        element('span', {}, named(words[one.word])),
        one.done && element('span', { class: 'unseen' }, ` (${words.done})`),
      ),
    );
  steps.setAttribute('aria-label', words.tour);
  repaint(steps, element('span', { class: 'label', 'aria-hidden': 'true' }, words.tour), element('ol', {}, ...list.map(item)));
}

/** Which phone a narrow page shows, and which ones have something new. */
export function paintTabs(phones, current, fresh, names, words, onTab) {
  const tab = (phone) =>
    element(
      'button',
      { type: 'button', class: phone, 'aria-current': phone === current && 'true', onclick: () => onTab(phone) },
      names[phone],
      fresh.has(phone) && element('span', { class: 'fresh' }, element('span', { class: 'unseen' }, ` (${words.fresh})`)),
    );
  tabs.setAttribute('aria-label', words.phonesOf);
  repaint(tabs, ...phones.map(tab));
}
