import { defineConfig } from 'prisma/config';

/** Only `prisma generate|validate|format` read this; migrations run through src/database/migrate.ts. */
export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
