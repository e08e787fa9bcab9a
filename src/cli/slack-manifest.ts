import { slackManifest } from '../channels/slack/manifest.ts';
import { createWords } from '../chat/words.ts';
import { commands } from '../commands/index.ts';
import { menuOf } from '../commands/menu.ts';
import { readConfig } from '../config.ts';

/** Prints the manifest of the Slack app, to be pasted where Slack asks for one. */
export async function run(): Promise<number> {
  const { shop, publicUrl, slack } = readConfig(process.env);
  const say = (await createWords({ ...shop, timeZone: shop.timezone })).say('en');
  const manifest = slackManifest({
    name: shop.name,
    commandName: '/regulars',
    description: say('bot:about', { shop: shop.name }),
    socketMode: !(slack && 'signingSecret' in slack),
    commands: menuOf(commands, say),
    ...(publicUrl ? { publicUrl } : {}),
  });
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  return 0;
}
