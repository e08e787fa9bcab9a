import { afterAll, describe, expect, it } from 'vitest';
import { plainText, type View } from '../../src/chat/view.ts';
import { changeSegment, newSegment, removeSegment, savedSegments } from '../../src/program/segments/saved.ts';
import { programAt } from '../../src/program/settings/program.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, does, openShop } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const rules = async () => (await programAt(db, shop.clock.now)).rules;
const owner = async (key?: string) => {
  const { personId } = await db.prisma.staff.findFirstOrThrow({ where: { role: 'owner' } });
  return contextOf(db, shop.clock.now, { actor: { kind: 'person', personId }, ...(key ? { key } : {}) });
};

const join = async (user: string, language = 'en'): Promise<string> => {
  const guest = shop.person(user, user, language);
  await guest.says('join');
  return codeOn(await guest.says('card'));
};
const anna = await join('anna');
const matti = await join('matti', 'fi');
await join('ida', 'fi');

describe('staff put words on a member', () => {
  it('once, taken off again, shown on the card that staff see', async () => {
    const asked = await ben.says(`tag ${anna}`);
    expect(plainText(asked)).toContain('anna');
    const tagged = await ben.says('Vegan');
    expect(tagged.facts).toEqual([['Tags', 'vegan']]);
    expect(plainText(await ben.says(`tag ${anna} vegan`))).toContain('vegan');
    expect((await ben.says(`member ${anna}`)).facts).toContainEqual(['Tags', 'vegan']);
    expect(plainText(await ben.says(`tag ${matti} two words`))).toContain('one word');
    await ben.says('cancel');
    const offered = await ben.says(`tag ${matti}`);
    expect((await ben.presses(offered, '+ vegan')).facts).toEqual([['Tags', 'vegan']]);
    expect((await ben.presses(await ben.says(`tag ${matti}`), '− vegan')).facts).toEqual([['Tags', 'none']]);
  });

  it('customers do not', async () => {
    expect(plainText(await shop.person('anna', 'anna').says(`tag ${anna} vip`))).not.toContain('Tags');
  });
});

describe('an owner makes a group', () => {
  let view: View;
  it('by pressing conditions together, with the count after every press', async () => {
    view = await olga.says('segments new "Finns"');
    expect(view.title).toBe('Finns');
    expect(plainText(view)).toContain('Fits now: 3 people of 3');
    view = await olga.presses(await olga.presses(view, 'Language'), /Finnish/);
    expect(plainText(view)).toMatch(/Language: Finnish[\s\S]*Fits now: 2 people of 3/);
    view = await olga.presses(await olga.presses(view, 'Tag'), /vegan/);
    expect(plainText(view)).toContain('Nobody fits right now.');
    view = await olga.presses(view, 'Any of these is enough');
    expect(plainText(view)).toContain('Fits now: 3 people of 3');
    expect(plainText(view)).toContain('more than half');
    const old = does(view, '✕ 2');
    view = await olga.presses(view, 'Opposite of 2');
    expect(view.footer).toBe('In words: language:fi or not tag:vegan');
    // Pressed under an older rule, a place is another one: nothing happens.
    expect((await olga.says(old)).footer).toBe('In words: language:fi or not tag:vegan');
    view = await olga.presses(view, '✕ 2');
    expect(view.footer).toBe('In words: language:fi');
  });

  it('by words, with what is wrong said above the question and the rule kept', async () => {
    const asked = await olga.presses(view, 'Write it');
    expect(asked.body).toContain('Who belongs to it?');
    const wrong = await olga.says('langage:fi visits>=0');
    expect(wrong.body).toContain('langage');
    expect(wrong.body).toContain('language?');
    view = await olga.says('language:fi visits=0 not tag:vegan');
    expect(view.footer).toBe('In words: language:fi visits:0 not tag:vegan');
    expect(plainText(view)).toContain('not (Tag: vegan)');
  });

  it('and uses it in others, never in a circle', async () => {
    view = await olga.says('segments new Quiet segment:finns points<50');
    expect(plainText(view)).toContain('Fits now: 2 people of 3');
    expect(plainText(await olga.says('segments change Finns segment:quiet'))).toContain('made of itself');
    await olga.says('cancel');
    const kept = await olga.presses(await olga.says('segments remove Finns'), 'Remove');
    expect(plainText(kept)).toContain('used by “Quiet”');
    const list = await olga.says('groups');
    expect(list.facts?.map(([name]) => name)).toEqual(['Finns', 'Quiet']);
    expect(plainText(list)).toContain('2 people of 3');
    expect(plainText(await olga.says('segments rename Quiet Calm'))).toContain('In words: segment:finns points<50');
    expect(plainText(await olga.presses(await olga.says('segments remove Calm'), 'Remove'))).toContain('is gone');
  });

  it('and nobody else does', async () => {
    expect(plainText(await ben.says('segments'))).toBe('Only an owner can do this.');
  });

  it('with buttons that every messenger can carry', async () => {
    const keys = ['Level', 'Visits', 'Spent in all', 'Last visit', 'Birthday', 'Kind of customer', 'Saved group', 'Messenger'];
    const shown = await olga.says('segments change Finns ?');
    const views = [shown];
    for (const label of keys)
      if (shown.buttons?.flat().some((one) => one.label === label)) views.push(await olga.presses(shown, label));
    expect(views.length).toBeGreaterThan(6);
    for (const one of views.flatMap(({ buttons }) => buttons ?? []).flat())
      if ('does' in one) expect(Buffer.byteLength(one.does), one.does).toBeLessThanOrEqual(64);
  });
});

describe('the verbs', () => {
  it('do a thing once with one key, and refuse what is taken, empty or not theirs', async () => {
    const made = await newSegment(await owner('once'), { name: 'Once', text: '' }, await rules());
    expect(await newSegment(await owner('once'), { name: 'Once', text: '' }, await rules())).toEqual(made);
    await expect(newSegment(await owner(), { name: 'ONCE', text: '' }, await rules())).rejects.toThrow('segment.name_taken');
    await expect(newSegment(await owner(), { name: '12', text: '' }, await rules())).rejects.toThrow('segment.name');
    await expect(changeSegment(await owner(), { id: made.id, typed: 'segment:once' }, await rules())).rejects.toThrow(
      'segment.circle',
    );
    await expect(newSegment(contextOf(db, shop.clock.now), { name: 'X', text: '' }, await rules())).rejects.toThrow('owner.only');
    // Nothing has been chosen for it: the list of all of them could not be counted.
    await expect(newSegment(await owner(), { name: 'Uses', text: 'segment:once' }, await rules())).rejects.toThrow(
      'segment.empty',
    );
    await changeSegment(await owner(), { id: made.id, typed: 'paper' }, await rules());
    await expect(newSegment(await owner(), { name: 'Uses', text: 'segment:once' }, await rules())).resolves.toMatchObject({
      name: 'Uses',
    });
    await removeSegment(await owner(), { name: 'uses' });
    await removeSegment(await owner(), { name: String(made.id) });
    expect((await savedSegments(db)).map(({ name }) => name)).toEqual(['Finns']);
  });

  it('two that would name each other at the same moment: one of them is refused', async () => {
    const [one, other] = [
      await newSegment(await owner(), { name: 'One', text: 'paper' }, await rules()),
      await newSegment(await owner(), { name: 'Other', text: 'paper' }, await rules()),
    ];
    const changes = await Promise.allSettled([
      changeSegment(await owner(), { id: one.id, typed: '+segment:other' }, await rules()),
      changeSegment(await owner(), { id: other.id, typed: '+segment:one' }, await rules()),
    ]);
    expect(changes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
