import type { Ask, Command, Scene } from '../../chat/command.ts';
import { birthdayOf, forgetBirthday, readBirthday, setBirthday, shownBirthday } from '../../program/members/birthday.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { confirm } from '../confirm.ts';
import { saysForget } from '../forget.ts';

/** What the program gives on the day, in words; empty when it gives nothing. */
function giftText({ program: { rules }, language, shop, say }: Scene): string {
  const reward = rules.rewards.find(({ id }) => id === rules.birthday?.reward);
  return reward ? say('identity:birthday.gift', { name: textIn(reward.name, language, shop.language) }) : '';
}

const memberId = ({ who }: Scene): number => {
  if (!who.member) throw new Error('birthday runs for members');
  return who.member.id;
};

const day: Ask = {
  name: 'day',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('identity:birthday.label'), hint: say('identity:birthday.hint') }),
  read: async (typed, ctx, scene) => {
    if (saysForget(typed, scene)) return 'forget';
    const birthday = readBirthday(typed);
    const known = await birthdayOf(ctx, memberId(scene));
    if (known.freeAt && known.birthday !== birthday) throw new Refusal('birthday.too_soon', { at: known.freeAt });
    return birthday;
  },
  question: async (ctx, _answers, scene, answer) => {
    const { say, language } = scene;
    const { birthday, freeAt } = await birthdayOf(ctx, memberId(scene));
    const cancel = { label: say('chat:cancel'), does: 'cancel' };
    if (birthday === null)
      return {
        body: [say('identity:birthday.question'), giftText(scene)].filter(Boolean).join('\n'),
        footer: say('identity:birthday.hint'),
        buttons: [[cancel]],
        show: 'privately',
      };
    return {
      body: [
        say('identity:birthday.known', { day: shownBirthday(birthday, language) }),
        freeAt ? say('identity:birthday.free', { at: freeAt }) : say('identity:birthday.other'),
        giftText(scene),
      ]
        .filter(Boolean)
        .join('\n'),
      buttons: [[{ label: say('identity:forget'), does: answer('forget') }, cancel]],
      show: 'privately',
    };
  },
};

const sure = confirm(async (_ctx, answers, { say, language }) => {
  const told = answers.day ?? '';
  if (told === 'forget')
    return {
      title: say('identity:birthday.sure_forget'),
      body: say('identity:birthday.year'),
      yes: say('identity:forget'),
      show: 'privately',
    };
  return {
    title: say('identity:birthday.sure', { day: shownBirthday(told, language) }),
    body: say('identity:birthday.year'),
    yes: say('identity:birthday.yes'),
    show: 'privately',
  };
});

/** Day and month of a member's birthday, for a gift: told once a year at most, erased at any time. */
export const birthday: Command = {
  name: 'birthday',
  for: 'member',
  asks: [day, sure],
  run: async (ctx, answers, scene) => {
    const { say, language } = scene;
    const id = memberId(scene);
    const told = answers.day ?? '';
    if (told === 'forget') await forgetBirthday(ctx, { memberId: id });
    else await setBirthday(ctx, { memberId: id, birthday: told });
    return {
      body:
        told === 'forget'
          ? say('identity:birthday.forgotten')
          : [say('identity:birthday.noted', { day: shownBirthday(told, language) }), giftText(scene)].filter(Boolean).join('\n'),
      buttons: [[button(scene, 'card'), button(scene, 'privacy')]],
      show: 'privately',
    };
  },
};
