import { checkCommands, checkLanguage } from './content.ts';
import type { Call } from './methods.ts';
import { badRequest, mistake } from './refused.ts';

type Scoped = { scope?: { type: string; chat_id?: number; user_id?: number }; language_code?: string };
type MenuCommand = { command: string; description: string };

/** What the bot says of itself: menus by scope and language, name, description, short description by language. */
export function createProfile() {
  const menus = new Map<string, MenuCommand[]>();
  const texts = new Map<string, string>();

  const setText = (field: 'name' | 'description' | 'short_description', limit: number) => (call: Call) => {
    const language = checkLanguage(call.params.language_code as string | undefined);
    const text = (call.params[field] as string | undefined) ?? '';
    if (text.length > limit) mistake(`${field} is longer than ${limit}`);
    texts.set(`${field}/${language}`, text);
    return true;
  };
  // A language without a text of its own shows the one for everybody.
  const getText = (field: 'name' | 'description' | 'short_description', otherwise: (call: Call) => string) => (call: Call) => {
    const language = checkLanguage(call.params.language_code as string | undefined);
    return { [field]: texts.get(`${field}/${language}`) || texts.get(`${field}/`) || otherwise(call) };
  };
  const nothing = () => '';
  const botName = (call: Call) => call.world.bot.first_name;

  return {
    menus,
    texts,
    methods: {
      setMyCommands: (call: Call) => {
        const commands = call.params.commands as MenuCommand[];
        checkCommands(commands);
        menus.set(menuKey(call), commands);
        return true;
      },
      getMyCommands: (call: Call) => menus.get(menuKey(call)) ?? [],
      deleteMyCommands: (call: Call) => {
        menus.delete(menuKey(call));
        return true;
      },
      setMyName: setText('name', 64),
      getMyName: getText('name', botName),
      setMyDescription: setText('description', 512),
      getMyDescription: getText('description', nothing),
      setMyShortDescription: setText('short_description', 120),
      getMyShortDescription: getText('short_description', nothing),
    },
  };
}

/** `default/`, `default/ru`, `chat:42/`: how a menu is found in `menus`. */
function menuKey(call: Call): string {
  const { scope = { type: 'default' }, language_code } = call.params as Scoped;
  if (scope.chat_id !== undefined && !call.world.rooms.has(scope.chat_id)) badRequest('chat not found');
  const place = [scope.type, scope.chat_id, scope.user_id].filter((part) => part !== undefined).join(':');
  return `${place}/${checkLanguage(language_code)}`;
}
