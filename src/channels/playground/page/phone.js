import { element, icon } from './element.js';
import { createLog } from './log.js';
import { languages, wordsOf } from './words.js';

/** The head of a phone: whose it is, and its language. */
function createHead(phone, speak) {
  const avatar = element('span', { class: 'avatar', 'aria-hidden': 'true' });
  const name = element('h2', { id: `name-${phone}` });
  const role = element('p', { class: 'role' });
  const choose = element('select', { class: 'language', onchange: () => speak(choose.value) });
  for (const [code, own] of Object.entries(languages))
    choose.append(element('option', { value: code, title: own }, code.toUpperCase()));
  return {
    root: element('header', { class: 'head' }, avatar, element('div', { class: 'who' }, name, role), choose),
    paint(words, language, whose) {
      avatar.textContent = whose.slice(0, 1);
      name.textContent = whose;
      role.textContent = words[`role_${phone}`];
      choose.setAttribute('aria-label', words.languageOf.replace('{name}', whose));
      choose.value = language;
    },
  };
}

/** The button that sends a picture. */
function createAttach(sendPicture) {
  const take = () => {
    for (const file of input.files) sendPicture(file);
    input.value = '';
  };
  const input = element('input', { type: 'file', accept: 'image/*', hidden: true, onchange: take });
  const button = element('button', { type: 'button', class: 'attach', onclick: () => input.click() }, icon('picture'));
  return { input, button };
}

/** The line to write in. */
function createLine(phone, say, sendPicture) {
  // As in messengers: Enter sends, and with Shift it begins a new line.
  const onEnter = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  };
  const line = { id: `say-${phone}`, rows: '1', autocomplete: 'off', enterkeyhint: 'send', maxlength: '4000' };
  const input = element('textarea', { ...line, onkeydown: onEnter });
  const send = element('button', { type: 'submit', class: 'send' }, icon('send'));
  const attach = sendPicture ? createAttach(sendPicture) : undefined;
  const submit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    say(text);
  };
  return {
    root: element('form', { class: 'say', onsubmit: submit }, attach?.input, attach?.button, input, send),
    paint(words, whose) {
      input.setAttribute('aria-label', words.writeAs.replace('{name}', whose));
      input.placeholder = words.write;
      send.setAttribute('aria-label', words.send);
      attach?.button.setAttribute('aria-label', words.attach);
    },
  };
}

/** What can be tried next, as buttons above the line. */
function createChips(press) {
  const root = element('div', { class: 'chips', role: 'group' });
  const look = (chip) => (chip.main ? 'chip main' : chip.go ? 'chip elsewhere' : 'chip');
  return {
    root,
    paint(list, words, named) {
      const focused = [...root.children].indexOf(document.activeElement);
      const chips = list.map((chip) =>
        element(
          'button',
          { type: 'button', class: look(chip), onclick: () => press(chip) },
          chip.word === 'scan' && icon('scan'),
          named(words[chip.word]),
        ),
      );
      root.setAttribute('aria-label', words.tryThis);
      root.replaceChildren(...chips);
      if (focused >= 0) chips[Math.min(focused, chips.length - 1)]?.focus();
    },
  };
}

/**
 * One phone: who has it, what was said, what can be tried, and a line to write in.
 * `does`: { say(phone, text, pressed?, shares?), sendPicture(phone, file), open(link), go(phone, focus), speak(phone, language), format(language) → { time, day, moment }, named(text) }
 */
export function createPhone(phone, does) {
  let language = 'en';
  let state;
  const words = () => wordsOf(language);
  const say = (text, pressed, shares) => log.await(does.say(phone, text, pressed, shares));
  const log = createLog(
    (message) => ({
      ...does.format(language),
      words: words(),
      names: state.names,
      press: (text, shares) => say(text, String(message.of), shares),
      open: does.open,
    }),
    () => words()[`quiet_${phone}`].replace('{shop}', state.shop.name),
  );
  const head = createHead(phone, (code) => log.await(does.speak(phone, code)));
  const sendPicture = (file) => log.await(does.sendPicture(phone, file));
  // Pictures are for offers, and those are written on the owner's phone.
  const line = createLine(phone, (text) => say(text), phone === 'owner' ? sendPicture : undefined);
  const chips = createChips((chip) => {
    if (chip.go) does.go(chip.go, '.chip');
    else if (chip.open) does.open({ ...chip.open, phone });
    else void say(chip.say);
  });
  const root = element(
    'section',
    { class: `phone ${phone}`, 'aria-labelledby': `name-${phone}` },
    head.root,
    log.root,
    chips.root,
    line.root,
  );

  return {
    root,
    log,
    /** Takes what the server reports, and paints again what depends on it. */
    update(next, spoken, chipList) {
      const other = !state || spoken !== language || next.shop.timeZone !== state.shop.timeZone;
      state = next;
      language = spoken;
      chips.paint(chipList, words(), does.named);
      if (!other) return;
      const whose = state.names[phone];
      root.lang = language;
      head.paint(words(), language, whose);
      line.paint(words(), whose);
      log.root.setAttribute('aria-label', words().messagesOf.replace('{name}', whose));
      log.paint();
    },
  };
}
