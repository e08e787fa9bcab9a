import type { Ask, Command } from '../../chat/command.ts';
import { findMember } from '../../program/members/find.ts';
import { tagMember, tagsOf, tagWord, usualTags } from '../../program/segments/tags.ts';
import { button } from '../buttons.ts';
import { who } from './who.ts';

const most = 8;

/** A word to put on, or with a minus before it to take off. */
const word: Ask = {
  name: 'word',
  field: ({ say }) => ({ label: say('segments:tag.ask'), hint: say('segments:tag.hint') }),
  read: (typed) => {
    const off = /^[-−–]\s*(?<rest>.*)$/u.exec(typed.trim())?.groups?.['rest'];
    return off === undefined ? tagWord(typed) : `-${tagWord(off)}`;
  },
  question: async (ctx, answers, { say, from }, answer) => {
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    const on = await tagsOf(ctx.db, member.id);
    const others = (await usualTags(ctx.db, most)).filter((tag) => !on.includes(tag));
    const short = ({ does }: { does: string }): boolean => Buffer.byteLength(does) <= 64;
    return {
      body: say('segments:tag.question', { name: member.name }),
      footer: say('segments:tag.hint'),
      buttons: [
        ...others
          .map((tag) => ({ label: `+ ${tag}`, does: answer(tag) }))
          .filter(short)
          .map((one) => [one]),
        ...on
          .map((tag) => ({ label: `− ${tag}`, does: answer(`-${tag}`) }))
          .filter(short)
          .map((one) => [one]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

/** Puts a word on a member or takes it off; the words are for the shop only. */
export const tag: Command = {
  name: 'tag',
  for: 'staff',
  asks: [who, word],
  run: async (ctx, answers, scene) => {
    const { say, from } = scene;
    const member = await findMember(ctx, answers.who ?? '', from.channel);
    const said = answers.word ?? '';
    const on = !said.startsWith('-');
    const tags = await tagMember(ctx, { memberId: member.id, word: on ? said : said.slice(1), on });
    return {
      title: member.name,
      facts: [[say('segments:tag.label'), tags.length > 0 ? tags.join(', ') : say('segments:tag.none')]],
      buttons: [[button(scene, 'tag', member.code), button(scene, 'member', member.code)]],
      show: 'privately',
    };
  },
};
