import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOfferLinks } from '../src/offer-link.ts';
import { startWeb, type Web } from '../src/web.ts';
import { silentLog } from './support/playground-double.ts';

const links = createOfferLinks('a secret of this deployment', 'https://shop.example');
const tokenOf = (address: string): string => address.slice('https://shop.example/o/'.length);

describe('the link of an offer', () => {
  it('is for one message, and nobody else can make one', () => {
    for (const delivery of [1, 4711, 2 ** 40]) {
      const address = links.linkFor(delivery);
      expect(address).toMatch(/^https:\/\/shop\.example\/o\/[0-9a-z]+\.[A-Za-z0-9_-]{22}$/);
      expect(links.deliveryOf(tokenOf(address))).toBe(delivery);
    }
    const token = tokenOf(links.linkFor(4711));
    const [id, proof] = token.split('.');
    const forged = [
      `${tokenOf(links.linkFor(4712)).split('.')[0]}.${proof}`,
      `${id}.${proof?.replace(/^./, (one) => (one === 'A' ? 'B' : 'A'))}`,
    ];
    for (const bad of [...forged, '', id ?? '', `${id}.`, `${token}x`, `x${token}`, `${id}.${'A'.repeat(22)}`, '../../etc'])
      expect(links.deliveryOf(bad), bad).toBeUndefined();
    expect(createOfferLinks('another secret', 'https://shop.example').deliveryOf(token)).toBeUndefined();
  });

  describe('through the web server', () => {
    const opened: string[] = [];
    let web: Web;
    beforeAll(async () => {
      web = await startWeb({
        port: 0,
        log: silentLog,
        listeners: [],
        readiness: async () => ({}),
        metrics: async () => ({ type: 'text/plain', text: '' }),
        linkPage: () => '',
        offerLink: async (token) => {
          opened.push(token);
          return links.deliveryOf(token) === 4711 ? 'https://shop.example/menu?from=chat' : undefined;
        },
      });
    });
    afterAll(() => web.stop());
    const ask = (path: string, method = 'GET') => fetch(`http://localhost:${web.port}${path}`, { method, redirect: 'manual' });

    it('leads on to where the message says; whatever else is asked for is not there', async () => {
      const token = tokenOf(links.linkFor(4711));
      const answer = await ask(`/o/${token}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://shop.example/menu?from=chat']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const before = opened.length;
      expect((await ask(`/o/${token}`, 'HEAD')).status).toBe(404);
      expect(opened.length).toBe(before);
      for (const path of [`/o/1${token}`, '/o/https%3A%2F%2Fevil.example', '/o/', '/o/x?to=https://evil.example'])
        expect((await ask(path)).status, path).toBe(404);
    });
  });
});
