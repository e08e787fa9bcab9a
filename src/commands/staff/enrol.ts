import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { paperCardPicture } from '../../pictures/paper-card.ts';
import { shownCode } from '../../program/codes.ts';
import { enrol as enrolMember } from '../../program/members/enrol.ts';
import { findMember } from '../../program/members/find.ts';
import { makeClaimCode, shownLinkCode } from '../../program/members/link-code.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { who } from './who.ts';

/** A card to print, and how its owner takes it into a chat. */
function paperView(scene: Scene, { name, code, claim }: { name: string; code: string; claim: string }): View {
  const { say, shop } = scene;
  const text = `link ${shownLinkCode(claim)}`;
  const url = scene.link(`k_${claim}`);
  return {
    title: say('identity:enrol.done', { name }),
    body: [say('identity:enrol.print'), say('identity:enrol.claim', { text }), ...(url ? [url] : [])].join('\n\n'),
    image: {
      png: paperCardPicture({
        shop: shop.name,
        name,
        shownCode: shownCode(code),
        link: url ?? code,
        lines: [say('identity:enrol.on_card'), text],
      }),
      alt: say('member:card.alt', { shop: shop.name, code: shownCode(code) }),
    },
    facts: [[say('staff:who.label'), shownCode(code)]],
    buttons: [[{ ...button(scene, 'credit', code), style: 'primary' }, button(scene, 'enrol')]],
    show: 'privately',
  };
}

/** Letters that a name can be made of; a name is shown as it is written. */
function nameIn(typed: string): string {
  const name = typed.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if (name === '' || name.length > 60 || !/\p{L}/u.test(name)) throw new Refusal('enrol.name_unclear');
  return name;
}

/** A member without a chat: a card to print. The chat can come later. */
export const enrol: Command = {
  name: 'enrol',
  for: 'staff',
  asks: [
    {
      name: 'name',
      optional: true,
      field: ({ say }) => ({ label: say('identity:enrol.name') }),
      read: (typed) => nameIn(typed),
      question: (_ctx, _answers, { say }) => ({ body: say('identity:enrol.name') }),
    },
  ],
  run: async (ctx, answers, scene) =>
    paperView(scene, await enrolMember(ctx, { name: answers.name }, scene.program, scene.shop.timeZone)),
};

/** A new card to print for a member who has no chat: lost, or imported. The code on the old one can't be used for a chat any more. */
export const enrolAgain: Command = {
  name: 'enrol again',
  for: 'staff',
  hidden: true,
  asks: [who],
  run: async (ctx, answers, scene) => {
    const { id } = await findMember(ctx, answers.who ?? '', scene.from.channel);
    return paperView(scene, await makeClaimCode(ctx, { memberId: id }));
  },
};
