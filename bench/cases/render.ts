import { createWords } from '../../src/chat/words.ts';
import { campaignView, voiceOf } from '../../src/notices/campaign.ts';
import { plainRules } from '../../src/program/rules/rules.ts';
import type { Reader } from '../../src/program/templates/member-values.ts';
import { writeMessage } from '../../src/program/templates/message.ts';
import { type Case, rounds } from '../case.ts';

const body =
  "Good morning, {name}! It's been a while. {points, plural, =0 {Your card is waiting.} one {You have # point.} other {You have # points: that is {points} to spend.}} " +
  'Until {until} we have something for you at {shop}: {offer}. Show your card, {code}.';

const content = {
  ...{ id: 1, key: null, topic: 'offers', picture: null, endsAt: new Date('2026-05-31T21:00:00Z') },
  button: { kind: 'claim' },
  offer: { kind: 'points', points: 50 },
  texts: {
    version: 1,
    fallback: 'en',
    texts: { en: { title: 'For you, {name}', body }, ru: { title: 'Для вас, {name}', body } },
  },
} as const;

export const renderCase: Case = {
  name: 'render',
  about: 'messages of a campaign written per second in a language, with the values of their readers',
  goal: 20_000,
  async run() {
    const shop = { name: 'Café Liepa', currency: 'EUR', timeZone: 'Europe/Helsinki', language: 'en' };
    const words = await createWords(shop);
    const voice = voiceOf(words.say);
    const rules = plainRules(100);
    // Everybody's balance and name are others: nothing can be kept from one message to the next.
    const readers = Array.from(
      { length: 10_000 },
      (_, at): Reader => ({ name: `Reader ${at}`, code: 'K7Q29XMP5', points: at, tier: null, rules, stamp: '' }),
    );
    const round = (): number => {
      const started = performance.now();
      let units = 0;
      for (const [delivery, reader] of readers.entries()) {
        const language = delivery % 2 === 0 ? 'en' : 'ru';
        const written = writeMessage(content, { reader, language, shop, params: {}, voice });
        if (!written) throw new Error('nothing was written');
        units += campaignView({ delivery, ...written }, words.say(language)).body?.length ?? 0;
      }
      if (units < readers.length * 100) throw new Error('the messages are too short');
      return (readers.length * 1_000) / (performance.now() - started);
    };
    round();
    const rates: number[] = [];
    for (let at = 1; at <= rounds; at += 1) {
      const rate = round();
      process.stderr.write(`  round ${at}: ${Math.round(rate)}/s\n`);
      rates.push(rate);
    }
    return { rates };
  },
};
