import { element, icon } from './element.js';
import { linkNode, textNodes } from './links.js';
import { pictureNode } from './picture.js';

/** What a person did by opening a link, which they never see as a text. */
function deed(text, words) {
  const [, kind] = /^start (c|u|k|p|g|inv|own|r)_[A-Za-z0-9_-]+$/.exec(text) ?? [];
  const known = {
    c: words.scanned,
    u: words.scannedCoupon,
    inv: words.openedInvitation,
    own: words.openedOwner,
    r: words.openedReferral,
  };
  return kind && [icon(kind === 'c' || kind === 'u' ? 'scan' : 'link'), known[kind] ?? words.openedLink];
}

function buttonNode(button, context) {
  const { words, press } = context;
  if ('url' in button) return linkNode(button.url, button.label, context, 'choice');
  if ('copy' in button) {
    const label = element('span', {}, button.label);
    const copy = async () => {
      // Pages that come over plain HTTP from another machine have no clipboard: the text is shown instead.
      const copied = await navigator.clipboard?.writeText(button.copy).then(
        () => true,
        () => false,
      );
      label.textContent = copied ? words.copied : button.copy;
      setTimeout(() => (label.textContent = button.label), copied ? 1500 : 8000);
    };
    return element('button', { type: 'button', class: 'choice', onclick: copy }, icon('copy'), label);
  }
  return element(
    'button',
    { type: 'button', class: `choice ${button.style ?? ''}`, onclick: () => press(button.does, button.shares) },
    button.label,
  );
}

/** Facts stand side by side while that is easy to read. */
function factsNode(facts, context) {
  const long = facts.some(([label, value]) => label.length > 18 || label.length + value.length > 36);
  const pair = ([label, value]) => [element('dt', {}, label), element('dd', {}, ...textNodes(value, context))];
  return element('dl', { class: long && 'long' }, ...facts.flatMap(pair));
}

function viewNodes(view, context) {
  const { words } = context;
  const { title, body, facts, image, file, buttons, footer } = view;
  return [
    title && element('h3', {}, title),
    body && element('p', { class: 'body' }, ...textNodes(body, context)),
    facts?.length && factsNode(facts, context),
    image && pictureNode(image, words),
    file &&
      element(
        'a',
        { class: 'choice', href: file.href, download: file.name },
        icon('file'),
        words.download.replace('{name}', file.name),
      ),
    footer && element('p', { class: 'footer' }, ...textNodes(footer, context)),
    buttons?.length &&
      element(
        'div',
        { class: 'choices' },
        ...buttons.map((row) => element('div', { class: 'row' }, ...row.map((one) => buttonNode(one, context)))),
      ),
  ].filter(Boolean);
}

/**
 * A message as it stands in a phone.
 * @param {{ id: number, of: number, mine: boolean, at: string, text?: string, file?: boolean, view?: object }} message
 * @param {{ words: object, names: object, time: (at: string) => string, press: (does: string, shares?: 'contact') => void, open: (link: object) => void }} context
 */
export function messageNode(message, context) {
  const { mine, at, text, file, view } = message;
  const done = file ? [icon('picture'), text] : text !== undefined && deed(text, context.words);
  const inside = done
    ? [element('p', { class: 'body deed' }, ...done)]
    : view
      ? viewNodes(view, context)
      : [element('p', { class: 'body' }, text)];
  const time = element('time', { datetime: at }, context.time(at));
  return element('article', { class: mine ? 'message mine' : 'message', dir: 'auto' }, ...inside, time);
}
