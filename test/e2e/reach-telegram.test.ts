import { reachPath } from './reach-path.ts';
import { atNoon, onTelegramOnly } from './reach-shop.ts';
import { openTelegramShop } from './telegram-shop.ts';

reachPath('Telegram', async () => onTelegramOnly(await openTelegramShop(await atNoon())));
