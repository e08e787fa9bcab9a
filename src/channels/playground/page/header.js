import { element } from './element.js';
import { languages } from './words.js';

const find = (id) => document.querySelector(`#${id}`);

/** The clock of the shop with the buttons that move it. */
function createClock(advance) {
  const amounts = { day: '1 day', week: '1 week', month: '1 month', year: '1 year' };
  const name = element('span', { id: 'clock-name' });
  const ahead = element('span', {});
  const date = element('time', {});
  const buttons = new Map(
    Object.entries(amounts).map(([word, amount]) => [
      word,
      element('button', { type: 'button', class: 'plain', onclick: () => move(amount) }),
    ]),
  );
  let moving = false;

  async function move(amount) {
    if (moving) return;
    moving = true;
    for (const button of buttons.values()) button.setAttribute('aria-disabled', 'true');
    await advance(amount);
    for (const button of buttons.values()) button.removeAttribute('aria-disabled');
    moving = false;
  }

  const root = element(
    'div',
    { class: 'clock', role: 'group', 'aria-labelledby': name.id },
    element('div', { class: 'now' }, element('p', { class: 'label' }, name, ' · ', ahead), date),
    element('div', { class: 'moves' }, ...buttons.values()),
  );
  return {
    root,
    focus: () => buttons.get('week').focus(),
    paint({ now, offsetMs }, words, { moment }) {
      root.title = words.onlyForward;
      name.textContent = words.clock;
      ahead.textContent = offsetMs > 0 ? words.ahead : words.realTime;
      date.dateTime = now;
      date.textContent = moment(now);
      for (const [word, button] of buttons) {
        button.textContent = words[word];
        button.setAttribute('aria-label', `${words.forward}: ${words[word]}`);
      }
    },
  };
}

/** The line above the phones: the shop, its clock, the language of the page; and the ways to skip to a phone. */
export function createHeader({ advance, speakAll, go }) {
  const shop = element('h1', {});
  const tagline = element('p', { class: 'tagline' });
  const clock = createClock(advance);
  const choose = element('select', { onchange: () => speakAll(choose.value) });
  for (const [code, own] of Object.entries(languages)) choose.append(element('option', { value: code }, own));
  find('top').append(element('div', { class: 'brand' }, shop, tagline), clock.root, choose);

  return {
    focusClock: clock.focus,
    connection(there, words) {
      find('offline').textContent = there ? '' : words.offline;
    },
    paint(state, words, language, format) {
      document.documentElement.lang = language;
      document.title = `${state.shop.name} · ${words.playground}`;
      shop.replaceChildren(state.shop.name, ' ', element('small', {}, words.playground));
      tagline.textContent = words.tagline;
      clock.paint(state, words, format);
      choose.setAttribute('aria-label', words.language);
      choose.value = language;
      const skip = ([phone, name]) =>
        element('button', { type: 'button', onclick: () => go(phone, 'textarea') }, words.skipTo.replace('{name}', name));
      find('skip').setAttribute('aria-label', words.phonesOf);
      if (find('skip').contains(document.activeElement)) return;
      find('skip').replaceChildren(...Object.entries(state.names).map(skip));
    },
  };
}
