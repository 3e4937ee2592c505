import { AppError } from '../../domain/errors.ts';
import { isAboutAccount } from '../../domain/stripe-events.ts';
import { inboxRowOf } from '../../store/inbox-row.ts';
import type { InboxEvent, Received } from '../../store/inbox.ts';
import type { ApiPorts } from '../ports.ts';
import { stripeEvent } from './event.ts';
import type { StripeEvent } from './event.ts';
import { isSigned } from './signature.ts';

/** An account is made within one request; what is older never got its answer and is no excuse. */
export const accountUnderWayMs = 60_000;

/**
 * Makes a signed event durable, once; only then may Stripe be told that it arrived. What is not signed or cannot be
 * read is refused and leaves nothing behind; what is signed but not ours is kept, ignored and raises an alert.
 */
export async function receiveEvent(
  ports: ApiPorts,
  endpoint: InboxEvent['endpoint'],
  body: Uint8Array,
  signature: string | undefined,
): Promise<Received> {
  const { store, clock, config } = ports;
  const secrets = endpoint === 'connect' ? config.connectWebhookSecrets : config.webhookSecrets;
  const now = clock.now();
  if (!isSigned(body, signature, secrets, now)) {
    throw new AppError('malformed', 'The Stripe-Signature does not fit this body, secret or time');
  }
  const { event, payload } = read(body);
  const row = inboxRowOf(event, endpoint, payload, now);
  const reason = await foreign(ports, endpoint, event);
  if (reason === null) return await store.receive(row);
  const received = await store.receive({ ...row, status: 'ignored', reason });
  if (received.fresh) {
    const message = `A signed event was not for us (${reason}): ${event.type} ${event.id}`;
    await store.raiseAlert({
      type: 'WEBHOOK_REFUSED',
      subject: event.account ?? 'platform',
      message,
      at: now,
    });
  }
  return received;
}

/** Stripe's objects are a few levels deep; what is far deeper cannot be written down again and is none of its events. */
const deepest = 200;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

function read(body: Uint8Array): { event: StripeEvent; payload: unknown } {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AppError('malformed', 'The body is not valid JSON');
  }
  const parsed = stripeEvent.safeParse(payload);
  if (!parsed.success || isDeeperThan(deepest, payload)) {
    throw new AppError('malformed', 'The body is not a Stripe event');
  }
  return { event: parsed.data, payload };
}

/** Why a rightly signed event is none of ours, or null. */
async function foreign(
  { store, config, clock }: ApiPorts,
  endpoint: InboxEvent['endpoint'],
  { type, livemode, account = null }: StripeEvent,
): Promise<string | null> {
  if (livemode !== config.livemode) return 'wrong_livemode';
  if (endpoint === 'platform') return account === null ? null : 'account_on_platform_endpoint';
  if (account === null) return 'no_account';
  if ((await store.findAccountByStripeId(account)) !== null) return null;
  // Stripe is quicker with the news of a new account than with the answer that names it.
  const isExpected = isAboutAccount(type) && (await store.isAccountUnderWay(clock.now() - accountUnderWayMs));
  return isExpected ? null : 'unknown_account';
}
