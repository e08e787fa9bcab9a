import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { freshUrl } from '../../support/database.ts';
import { asOwner } from '../../support/ledger.ts';
it('applies', async () => {
  const url = await freshUrl();
  await asOwner(url, (client) => client.query(readFileSync('/tmp/gtry/m/20261121001450_gifts/migration.sql', 'utf8')));
});
