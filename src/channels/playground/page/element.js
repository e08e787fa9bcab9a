/**
 * Makes an element. Texts only ever become text nodes, so nothing that a person wrote can turn into markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [props] attributes; `on…` are listeners; false, null and undefined are left out
 * @param {...(Node | string | undefined | false)} children
 */
export function element(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** One of the page's few drawings, for sighted people only: the words beside it say the same. */
export function icon(name) {
  const paths = {
    send: 'M4 12 20 4l-5 16-3.500-6.500z',
    check: 'm5 12.500 4.500 4.500L19 7.500',
    link: 'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1-1',
    copy: 'M9 9h10v11H9zM5 15V4h10',
    file: 'M12 4v11m-4.500-4.500L12 15l4.500-4.500M5 20h14',
    picture: 'M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 9h.01',
    scan: 'M4 9V5h4M20 9V5h-4M4 15v4h4M20 15v4h-4M7 12h10',
  };
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
