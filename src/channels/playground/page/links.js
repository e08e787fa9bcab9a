import { element, icon } from './element.js';

/** Which phone a link of this page opens on, and with what; undefined for every other address. */
export function ownLink(address) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const [, phone, payload] = /^#(customer|staff|owner)=([A-Za-z0-9_-]{1,64})$/.exec(url?.pathname === '/' ? url.hash : '') ?? [];
  return phone && { phone, payload };
}

/** A link as it can be tapped inside a phone: our own open on another phone of this page, others in a new tab. */
export function linkNode(address, label, { open, words, names }, className) {
  const own = ownLink(address);
  if (own) {
    const where = words.opensOn.replace('{name}', names[own.phone]);
    const said = label ? [label, element('span', { class: 'where' }, where)] : [where];
    return element('button', { type: 'button', class: className, onclick: () => open(own) }, icon('link'), ...said);
  }
  if (!/^https?:\/\//i.test(address)) return element('span', {}, label ?? address);
  return element('a', { class: className, href: address, target: '_blank', rel: 'noopener noreferrer' }, label ?? address);
}

/** A text whose addresses can be tapped. */
export function textNodes(text, context) {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .map((part, index) => (index % 2 ? linkNode(part, undefined, context, 'inline-link') : part))
    .filter((part) => part !== '');
}

/** Every link to this page that stands in a view. */
export function ownLinksIn(view) {
  const texts = [view.body, view.footer, ...(view.facts ?? []).map(([, value]) => value)];
  const addresses = [
    ...(view.buttons ?? []).flat().map((button) => button.url ?? button.copy),
    ...texts.flatMap((text) => text?.match(/https?:\/\/\S+/g) ?? []),
  ];
  return addresses.map((address) => address && ownLink(address)).filter(Boolean);
}
