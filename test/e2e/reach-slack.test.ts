import { reachPath } from './reach-path.ts';
import { atNoon, onSlackOnly } from './reach-shop.ts';
import { openSlackShop } from './slack-shop.ts';

reachPath('Slack', async () => onSlackOnly(await openSlackShop('socket', await atNoon())));
