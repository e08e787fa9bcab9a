import { createHeader } from './header.js';
import { ownLink, ownLinksIn } from './links.js';
import { createPhone } from './phone.js';
import { createSender, newId } from './send.js';
import { chipsFor, tour } from './steps.js';
import { listen } from './stream.js';
import { paintTabs, paintTour } from './tour.js';
import { browserLanguage, wordsOf } from './words.js';

const send = createSender();
const fresh = new Set();
// What each phone is set to. What the program says of its person comes first, whenever that changes.
const spoken = new Map();
const reported = new Map();

let state;
let language = localStorage.getItem('language') ?? browserLanguage();
let current = 'customer';
let invitation;
let arriving = ownLink(location.href);

/** How dates are said: as the program itself says them. */
function format(code) {
  const as = (options) => (at) =>
    new Intl.DateTimeFormat(code, { timeZone: state.shop.timeZone, ...options }).format(new Date(at));
  return {
    time: as({ timeStyle: 'short' }),
    day: as({ dateStyle: 'long' }),
    moment: as({ dateStyle: 'medium', timeStyle: 'short' }),
  };
}

const named = (text) => text.replace(/\{(\w+)\}/g, (_all, phone) => state.names[phone]);

const does = {
  say: (phone, text, pressed, shares) =>
    send(phone, '/playground/events', { id: newId(), phone, language: spoken.get(phone), text, pressed, shares }),
  sendPicture(phone, file) {
    const about = new URLSearchParams({ id: newId(), phone, language: spoken.get(phone), name: file.name });
    return send(phone, `/playground/photos?${about}`, file);
  },
  open({ phone, payload }) {
    go(phone);
    void phones.get(phone).log.await(does.say(phone, `start ${payload}`));
  },
  speak(phone, code) {
    spoken.set(phone, code);
    localStorage.setItem(`language-${phone}`, code);
    paint();
    return send(phone, '/playground/language', { id: newId(), phone, language: code });
  },
  go,
  format,
  named,
};

const phones = new Map(['customer', 'staff', 'owner'].map((phone) => [phone, createPhone(phone, does)]));

const header = createHeader({
  advance: (amount) => send('clock', '/playground/clock', { advance: amount }),
  speakAll(code) {
    language = code;
    localStorage.setItem('language', code);
    for (const [phone, { log }] of phones) void log.await(does.speak(phone, code));
  },
  go,
});

/** Brings a phone to the front of a narrow page. `focus`: what of it gets the keyboard, as a selector. */
function go(phone, focus) {
  current = phone;
  fresh.delete(phone);
  paint();
  const { root, log } = phones.get(phone);
  if (focus) root.querySelector(focus)?.focus();
  else if (document.activeElement?.offsetParent === null) log.root.focus({ preventScroll: true });
}

function paintFront() {
  for (const [phone, { root }] of phones) root.classList.toggle('current', phone === current);
  paintTabs([...phones.keys()], current, fresh, state.names, wordsOf(language), go);
}

function paint() {
  const words = wordsOf(language);
  header.paint(state, words, language, format(language));
  paintTour(tour(state, invitation), words, named, ({ phone }) => (phone ? go(phone, '.chip') : header.focusClock()));
  for (const [phone, one] of phones) one.update(state, spoken.get(phone), chipsFor(phone, state, invitation, one.log.begun()));
  paintFront();
}

function onState(next) {
  state = next;
  for (const phone of phones.keys()) {
    const told = next.people[phone]?.language;
    if (told && told !== reported.get(phone)) spoken.set(phone, told);
    reported.set(phone, told);
    if (!spoken.has(phone)) spoken.set(phone, localStorage.getItem(`language-${phone}`) ?? language);
  }
  paint();
  if (arriving) arrive(arriving);
  arriving = undefined;
}

/** A link to this page was opened: on the phone it is for, once. */
function arrive(link) {
  history.replaceState(null, '', '/');
  does.open(link);
}

function onMessage(message) {
  const { log } = phones.get(message.phone);
  const first = !log.begun();
  log.show(message);
  const found = message.view && ownLinksIn(message.view).findLast(({ payload }) => payload.startsWith('inv_'));
  if (found) invitation = found;
  if (!state) return;
  if (message.phone !== current && message.view) fresh.add(message.phone);
  if (found || first) paint();
  else paintFront();
}

document.querySelector('#phones').append(...[...phones.values()].map(({ root }) => root));
addEventListener('hashchange', () => {
  const link = ownLink(location.href);
  if (link && state) arrive(link);
});
listen({
  onMessage,
  onState,
  onReset() {
    invitation = undefined;
    for (const { log } of phones.values()) log.forget();
  },
  onConnection: (there) => header.connection(there, wordsOf(language)),
});
