import { element } from './element.js';

const dialog = document.querySelector('#picture');

dialog.addEventListener('click', ({ target }) => {
  if (target === dialog) dialog.close();
});

/** A picture in a message: pressing it shows it large. */
export function pictureNode({ src, alt, width, height }, words) {
  const enlarge = () => {
    const close = element('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, words.close);
    dialog.replaceChildren(element('img', { src, alt, width, height }), close);
    dialog.setAttribute('aria-label', alt);
    dialog.showModal();
  };
  return element(
    'button',
    { type: 'button', class: 'thumb', title: words.enlarge, onclick: enlarge },
    element('img', { src, alt, width, height }),
  );
}
