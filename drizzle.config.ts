import { defineConfig } from 'drizzle-kit';

/** Where `drizzle-kit generate` finds the tables and puts the migrations that `openStore` applies. */
export default defineConfig({
  dialect: 'sqlite',
  schema: ['./store/schema-agreements.ts', './store/schema-journal.ts', './store/schema-messages.ts'],
  out: './store/migrations',
});
