import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from './server.ts';
import type { WebhookEndpoint } from './simulator.ts';

const { env } = process;

const liveName = Object.entries(env).find(
  ([, value]) => value !== undefined && /(?:sk|rk)_live_/.test(value),
)?.[0];
if (liveName !== undefined) {
  process.stderr.write(`${liveName} holds a live Stripe key. The simulator does not start next to one.\n`);
  process.exit(1);
}

const endpoint = (
  url: string | undefined,
  secrets: string | undefined,
  connect: boolean,
): WebhookEndpoint[] => {
  const secret = secrets?.split(',')[0]?.trim();
  return url && secret ? [{ url, secret, connect }] : [];
};

const folder = env['HOLDFAST_DATA_DIR'] ?? './data';
mkdirSync(folder, { recursive: true });

const running = await startSimulator({
  port: Number(env['HOLDFAST_STRIPE_PORT'] ?? 12111),
  file: join(folder, 'stripe.db'),
  endpoints: [
    ...endpoint(env['SIM_WEBHOOK_URL'], env['STRIPE_WEBHOOK_SECRET'], false),
    ...endpoint(env['SIM_CONNECT_WEBHOOK_URL'], env['STRIPE_CONNECT_WEBHOOK_SECRET'], true),
  ],
});
process.stdout.write(`Stripe simulator on ${running.url}\n`);

const stop = () => {
  running.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
