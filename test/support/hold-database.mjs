// A process that holds the embedded database in DATA_DIR: prints its address, then waits. Ctrl-C: uses the database once more, as
// a graceful stop does, and stops it. Run from the build, as Node 20 does not read TypeScript.
import pg from 'pg';
import { startEmbedded } from '../../dist/database/embedded/start.js';

try {
  const { url, stop } = await startEmbedded({ dataDir: process.argv[2], log: (line) => console.log(`log: ${line}`) });
  const alive = setInterval(() => {}, 1_000);
  process.on('SIGINT', async () => {
    await new Promise((done) => setTimeout(done, 500));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('select 1');
    await client.end();
    await stop();
    clearInterval(alive);
    console.log('stopped');
  });
  console.log(`url: ${url}`);
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
  process.exitCode = 3;
}
