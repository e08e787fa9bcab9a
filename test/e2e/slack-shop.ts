import { type FakeSlack, type Person, startFakeSlack } from '../support/fake-slack/index.ts';
import { onSlack, type Program, startProgram, until, type Variables } from '../support/program.ts';

/** A shop on Slack: the program, its owner Olga and Ben at the counter, who came the way people come. */
export type SlackShop = {
  slack: FakeSlack;
  program: Program;
  olga: Person;
  ben: Person;
  /** The newest message that somebody sees, in their direct chat or a channel, that fits. */
  sees(person: Person, fits: RegExp, channel?: string): Promise<ReturnType<Person['sees']>[number]>;
  close(): Promise<void>;
};

/** Sends what Slack tells over HTTP to a program's real address. */
export function overHttp(slack: FakeSlack, origin: () => string): void {
  slack.connectHttp(async (request) =>
    fetch(`${origin()}/slack/events`, { method: request.method, headers: request.headers, body: await request.text() }),
  );
}

export async function openSlackShop(mode: 'socket' | 'http', variables: Variables = {}, peekUrl?: string): Promise<SlackShop> {
  const slack = await startFakeSlack();
  const program = await startProgram({ ...onSlack(slack, mode), ...variables }, peekUrl === undefined ? {} : { peekUrl });
  if (mode === 'http') overHttp(slack, () => program.origin);
  await program.ready();
  const sees: SlackShop['sees'] = (person, fits, channel) =>
    until(`${fits} for ${person.name} among ${JSON.stringify(person.sees(channel).map(({ text }) => text))}`, () =>
      person.sees(channel).findLast(({ text }) => fits.test(text)),
    );
  const [olga, ben] = [slack.person('Olga'), slack.person('Ben')];
  await olga.says(`start own_${program.app.ownerCode}`);
  await sees(olga, /You own Café Liepa now/);
  await olga.says('team invite staff');
  const invitation = await sees(olga, /Your invitation/);
  await ben.says(/start inv_[0-9A-Z]+/.exec(invitation.text)?.[0] ?? '');
  await sees(ben, /Welcome to the team of Café Liepa/);
  return {
    ...{ slack, program, olga, ben, sees },
    async close() {
      await program.stop();
      await slack.close();
    },
  };
}
