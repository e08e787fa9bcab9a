import { commandKey, createWords } from '../chat/words.ts';
import { commands } from '../commands/index.ts';

/** The README's table of commands, from the registry: a test holds the two together. */
export async function commandTable(): Promise<string> {
  const { say } = await createWords({ currency: 'EUR', timeZone: 'UTC', language: 'en' });
  const en = say('en');
  const rows = commands
    .filter((command) => !command.hidden)
    .map((command) => {
      const words = en(`commands:${command.name.replaceAll(' ', '_')}.words`)
        .split(', ')
        .filter((word) => /^[a-z ]+$/.test(word));
      return `| ${command.for} | \`${en(commandKey(command.name, 'usage'))}\` | ${en(commandKey(command.name, 'about'))} | ${words.slice(0, 3).join(', ')} |`;
    });
  return ['| who | command | what it does | also |', '|---|---|---|---|', ...rows].join('\n');
}

/** Prints it. */
export async function run(): Promise<number> {
  process.stdout.write(`${await commandTable()}\n`);
  return 0;
}
