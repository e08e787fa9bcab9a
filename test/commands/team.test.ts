import { afterAll, describe, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { readPicture } from '../support/read-qr.ts';
import { codeOn, openShop, type Talker, talk } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

const payloadIn = (text = ''): string => /inv_\w+/.exec(text)?.[0] ?? '';

async function customer(user: string): Promise<{ anna: Talker; code: string }> {
  const anna = shop.person(user, 'Anna');
  await anna.says('join');
  return { anna, code: codeOn(await anna.says('card')) };
}

describe('an invitation', () => {
  it('works once, also for two at the same instant, and the inviter is told', async () => {
    const payload = payloadIn((await olga.says('team invite staff')).body);
    const [one, two] = [shop.person('race-1', 'One'), shop.person('race-2', 'Two')];
    const replies = await Promise.all([one.says(`/start ${payload}`), two.says(`/start ${payload}`)]);
    const texts = replies.map(plainText).sort();
    expect(texts.filter((text) => text.startsWith('Welcome to the team'))).toHaveLength(1);
    expect(texts.filter((text) => text.startsWith('This invitation was used already'))).toHaveLength(1);
    expect(await db.prisma.delivery.count({ where: { notice: 'team-joined' } })).toBeGreaterThan(0);
  });

  it('ends after 24 hours, can be taken back, and is refused in a group', async () => {
    const start = shop.clock.now;
    const old = payloadIn((await olga.says('team invite staff')).body);
    shop.clock.now = new Date(start.getTime() + 24 * 3_600_000 + 1);
    expect((await shop.person('late', 'Late').says(`start ${old}`)).body).toMatch(/run out/);
    shop.clock.now = start;
    const invitation = await olga.says('team invite owner');
    expect((await shop.person('group', 'G').says(`start ${payloadIn(invitation.body)}`, { place: 'group' })).body).toMatch(
      /private chat/,
    );
    await olga.presses(invitation, 'Take it back');
    expect((await shop.person('late', 'Late').says(`start ${payloadIn(invitation.body)}`)).body).toMatch(/taken back/);
    expect((await shop.person('late', 'Late').says('start inv_0000000000000000')).body).toMatch(/don't know this code/);
  });

  it('is not for staff to give', async () => {
    expect((await ben.says('team invite staff')).body).toBe('Only an owner can do this.');
  });
});

describe('the last owner', () => {
  it('cannot be removed, not even when two owners remove each other at the same instant', async () => {
    expect((await olga.presses(await olga.says('team remove Olga'), 'Remove')).body).toMatch(/only owner/);
    const second = shop.person('second', 'Second');
    await second.says(`start ${payloadIn((await olga.says('team invite owner')).body)}`);
    const views = [await olga.says('team remove Second'), await second.says('team remove Olga')] as const;
    await Promise.all([olga.presses(views[0], 'Remove'), second.presses(views[1], 'Remove')]);
    const owners = await db.prisma.staff.findMany({ where: { role: 'owner' }, include: { person: true } });
    expect(owners).toHaveLength(1);
    if (owners[0]?.person.name === 'Second') {
      await second.says('team');
      await olga.says(`start ${payloadIn((await second.says('team invite owner')).body)}`);
    }
  });
});

describe('staff', () => {
  it('land on the credit card of a member by scanning, and need one number and one press from there', async () => {
    const { anna, code } = await customer('scanned');
    const card = await ben.says(`/start c_${code.replaceAll('-', '')}`);
    expect(card.title).toBe('Anna');
    const sure = await ben.says('12,50');
    expect(sure.title).toBe('Give 12 points to Anna?');
    const done = await ben.presses(sure, 'Give 12 points');
    expect(plainText(done)).toMatch(/12 points for Anna[\s\S]*New balance: 22 points/);
    expect((await anna.says('balance')).body).toBe('You have 22 points.');
  });

  it('see the same sum before and after confirming, with remainders', async () => {
    const { code } = await customer('remainders');
    for (const amount of ['0.60', '0.60', '3.33', '0.01', '7.77']) {
      const sure = await ben.says(`credit ${code} ${amount}`);
      const promised = /Balance after: (\d+)/.exec(plainText(sure))?.[1];
      const given = /New balance: (\d+)/.exec(plainText(await ben.presses(sure, /Give|Note/)))?.[1];
      expect(given).toBe(promised);
    }
  });

  it('undo their own within ten minutes; later, or another’s, an owner does', async () => {
    const { anna, code } = await customer('undone');
    const start = shop.clock.now;
    const done = await ben.presses(await ben.says(`credit ${code} 8`), /Give/);
    expect(plainText(await ben.presses(done, 'Undo'))).toMatch(/€8\.00 taken back[\s\S]*8 points left/);
    expect((await ben.presses(done, 'Undo')).body).toMatch(/taken back already/);
    const again = await ben.presses(await ben.says(`credit ${code} 9 R-99`), /Give/);
    shop.clock.now = new Date(start.getTime() + 10 * 60_000 + 1000);
    expect((await ben.presses(again, 'Undo')).body).toMatch(/Ask an owner/);
    expect((await ben.says('undo')).body).toMatch(/nothing to take back/);
    expect((await olga.says('undo R-99')).title).toBe('€9.00 taken back');
    expect((await anna.says('balance')).body).toBe('You have 10 points.');
    shop.clock.now = start;
  });

  it('choose from their last purchases when they just write undo', async () => {
    const { code } = await customer('chosen');
    await ben.presses(await ben.says(`credit ${code} 3`), /Give/);
    expect((await ben.presses(await ben.says('undo'), '€3.00 · Anna')).title).toBe('€3.00 taken back');
  });

  it('cannot credit a receipt twice', async () => {
    const { code } = await customer('twice');
    await ben.presses(await ben.says(`credit ${code} 3 R-500`), /Give/);
    expect((await ben.presses(await ben.says(`credit ${code} 3 R-500`), /Give/)).body).toMatch(
      /R-500 was credited already: €3\.00/,
    );
    // Numbers with # are the program's own: refused, and nothing goes on without the receipt that was meant.
    expect((await ben.says(`credit ${code} 3 #17`)).body).toMatch(/letters and digits only/);
    expect((await ben.says('yes')).body).toMatch(/didn't understand/);
  });

  it('look at a member with the last movements, and are offered the next step', async () => {
    const { code } = await customer('looked');
    await ben.presses(await ben.says(`credit ${code} 3`), /Give/);
    const view = await ben.says(`member ${code}`);
    expect(plainText(view)).toMatch(/Balance: 13 points[\s\S]*\+3 · purchase €3\.00[\s\S]*\+10 · welcome gift/);
    expect((await ben.presses(view, 'Give points')).body).toMatch(/How much/);
    await ben.says('cancel');
  });
});

describe('an owner', () => {
  it('sees the team and re-checks the ledger', async () => {
    expect(plainText(await olga.says('team'))).toMatch(/Olga: owner[\s\S]*Ben: staff/);
    expect((await olga.says('verify')).title).toBe('Every point adds up');
  });

  it('prints a QR for the counter that greets whoever scans it', async () => {
    const poster = await olga.says('poster');
    const link = await readPicture(poster.image?.png ?? new Uint8Array());
    expect(link).toBe('https://t.me/liepa_bot?start=counter');
    const payload = new URL(link ?? '').searchParams.get('start');
    expect((await shop.person('passer-by', 'Paula', 'pl').says(`/start ${payload}`)).title).toBe('Cześć, tu Café Liepa!');
    const unlinked = await talk(db, { link: () => undefined });
    expect((await unlinked.person('owner', 'Olga').says('poster', { id: 'unlinked' })).body).toMatch(/Connect Telegram/);
    expect((await ben.says('poster')).body).toBe('Only an owner can do this.');
  });

  it('changes the rules after seeing them in plain sentences; the next sale follows them', async () => {
    const sure = await olga.presses(await olga.says('program set earn.base.per 0.50'), 'Now');
    expect(sure.body).toMatch(/1 point for every €0\.50/);
    await olga.presses(sure, 'Put in force');
    const { code } = await customer('dearer');
    expect((await ben.says(`credit ${code} 2.00`)).title).toBe('Give 4 points to Anna?');
    await ben.says('cancel');
    await olga.presses(await olga.presses(await olga.says('program set earn.base.per 1.00'), 'Now'), 'Put in force');
  });
});
