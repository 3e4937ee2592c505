import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type Stripe from 'stripe';
import { attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { asCurl } from './attempt.ts';
import type { Delivery, HeaderTrick } from './deliveries.ts';
import { damaged, deliveriesLike, eventIdHere } from './deliveries.ts';
import { doorsOf, until } from './doors.ts';
import { bookLesson, tomorrow } from './ground.ts';
import type { Bag, Hunting } from './hunt.ts';
import { Broken, hunt } from './hunt.ts';
import type { Target } from './target.ts';
import { credentialsOf } from './target.ts';

const toleranceSeconds = 300;

/** Larger bodies may be refused unseen (quality F16); no event of Stripe's comes near. */
const largestEventBytes = 1_000_000;

/** What Stripe's own library says of a body and its header; the house may be stricter and never more trusting. */
function isSignedForStripe({ stripe, clock }: Target, body: Uint8Array, header: string, secret: string): boolean {
  try {
    const now = clock.now();
    const { signature } = stripe.webhooks;
    return signature?.verifyHeader(Buffer.from(body), header, secret, toleranceSeconds, undefined, now) ?? false;
  } catch {
    return false;
  }
} // prettier-ignore

/** Every event that the ground of a hunt has caused, the payees' among them. */
async function eventsMade({ stripe, store }: Target): Promise<Stripe.Event[]> {
  const { rows } = await store.listAccounts({ limit: 100 });
  const accounts = rows.flatMap(({ stripeAccountId }) => stripeAccountId ?? []);
  const lists = [{}, ...accounts.map((stripeAccount) => ({ stripeAccount }))];
  const pages = await Promise.all(lists.map((options) => stripe.events.list({ limit: 100 }, options)));
  return pages.flatMap(({ data }) => data);
}

/** Delivers what Stripe never sends, and holds what is kept of it against what was signed. */
export async function huntWebhooks(target: Target, series: string, hunting: Hunting): Promise<Bag> {
  const doors = doorsOf(target, await credentialsOf(target));
  const deliveries = deliveriesLike(await eventsMade(target));
  let count = 0;
  // Nobody else delivers meanwhile, so that every row of the inbox is one of ours.
  await doors.sim('POST', '/webhooks', { hold: true });
  try {
    return await hunt(deliveries, hunting, async (delivery) => {
      count += 1;
      const id = `evt_${series}${count}`;
      const attempt = attemptOf(target, delivery, id);
      const broken = await wrongWithDelivery(target, delivery, attempt);
      if (broken !== null) throw new Broken(`${broken}\n${asCurl(target.apiUrl, attempt)}`);
    });
  } finally {
    await doors.sim('POST', '/webhooks', {});
    await doors.sim('POST', '/webhooks/flush');
  }
}

/** After a hunt good news still takes effect and nothing is left undealt with; throws with what it came to instead. */
export async function goodNewsStillCounts(target: Target, series: string): Promise<void> {
  const doors = doorsOf(target, await credentialsOf(target));
  const id = `les_${series}_after`;
  const { paymentIntentId } = await bookLesson(doors, id, tomorrow(target), 'pm_card_authenticationRequired');
  await doors.sim('POST', `/payment_intents/${paymentIntentId}/succeed`, {});
  await until(() => doors.order('GET', `/api/lessons/${id}`), ({ state }) => state === 'scheduled');
  await until(() => target.store.countEvents(), ({ received }) => received === 0);
} // prettier-ignore

function attemptOf(target: Target, delivery: Delivery, id: string): Attempt {
  const { isConnect, text, damage, isZipped, contentType, framing, trick, strange } = delivery;
  const plain = Buffer.from(text.replaceAll(eventIdHere, id));
  const packed = isZipped ? gzipSync(plain) : plain;
  const secret = isConnect ? target.connectSecret : target.webhookSecret;
  const signatures = headersOf(packed, trick, strange, secret, target.clock.now());
  const address = isConnect ? '/api/webhooks/stripe-connect' : '/api/webhooks/stripe';
  return {
    bearer: 'anonymous',
    method: 'POST',
    address,
    headers: [
      ...signatures.map((value) => ['Stripe-Signature', value] as const),
      ...(contentType === null ? [] : [['Content-Type', contentType] as const]),
      ...(isZipped ? [['Content-Encoding', 'gzip'] as const] : []),
    ],
    body: damaged(packed, damage),
    framing,
    operation: `POST ${address}`,
    isGuarded: false,
  };
}

function headersOf(body: Uint8Array, trick: HeaderTrick, strange: string, secret: string, now: number): string[] {
  const at = { old: now - 400_000, future: now + 400_000 };
  const seconds = Math.floor((at[trick as keyof typeof at] ?? now) / 1_000);
  const digest = (key: string): string => createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
  const right = digest(secret);
  const header = `t=${seconds},v1=${right}`;
  const tricks: Partial<Record<HeaderTrick, string[]>> = {
    missing: [],
    'other secret': [`t=${seconds},v1=${digest(`${secret}x`)}`],
    v0: [`t=${seconds},v0=${right}`],
    'upper case': [`t=${seconds},v1=${right.toUpperCase()}`],
    half: [`t=${seconds},v1=${right.slice(0, 32)}`],
    'two times': [`t=${seconds - 5},t=${seconds},v1=${right}`],
    'no time': [`v1=${right}`],
    'time as text': [`t=now,v1=${right}`],
    'one more v1 before': [`t=${seconds},v1=${digest('another')},v1=${right},v2=x`],
    spaces: [` t = ${seconds} , v1 = ${right} `],
    'doubled header': [header, header],
    strange: [strange],
  };
  return tricks[trick] ?? [header];
} // prettier-ignore

/** Far deeper than any object of Stripe's: what cannot be written down again may be refused. */
const deepestObject = 100;

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));

/** Stripe sends what is refused again for days: an event is taken whatever is said about its object. */
function isOwedAYes({ text, isInside, damage, trick, framing, contentType, isZipped }: Delivery): boolean {
  const isWhole =
    damage.kind === 'none' && trick === 'none' && !isZipped && contentType?.includes('json') === true;
  const arrives = framing === 'length' || framing === 'chunked' || framing === 'slow';
  if (!isInside || !isWhole || !arrives || Buffer.byteLength(text) > largestEventBytes) return false;
  try {
    const { data } = JSON.parse(text) as { data: { object: unknown } };
    const isObject = typeof data.object === 'object' && data.object !== null && !Array.isArray(data.object);
    return isObject && !isDeeperThan(deepestObject, data.object);
  } catch {
    return false;
  }
}

async function wrongWithDelivery(target: Target, delivery: Delivery, attempt: Attempt): Promise<string | null> {
  const kept = async (): Promise<number> =>
    Object.values(await target.store.countEvents()).reduce((sum, count) => sum + count, 0);
  const before = await kept();
  const { outcome, wrong } = await attack(target, attempt, null);
  if (wrong !== null) return wrong;
  const status = outcome.kind === 'answered' ? outcome.reply.status : 0;
  const isTaken = status >= 200 && status < 300;
  // The same once more: what was taken is known now, and what was not is refused again.
  if (isTaken && outcome.kind === 'answered') await attack(target, attempt, null);
  const stored = (await kept()) - before;
  if (!isTaken && isOwedAYes(delivery)) return `${status || outcome.kind} for an event that Stripe signed`;
  if (!isTaken) return stored === 0 ? null : `${status || outcome.kind}, and ${stored} rows were kept`;
  if (stored !== 1) return `answered ${status} twice, and ${stored} rows were kept`;
  const secret = delivery.isConnect ? target.connectSecret : target.webhookSecret;
  const header = attempt.headers.filter(([name]) => name === 'Stripe-Signature').map(([, value]) => value).join(', ');
  if (!isSignedForStripe(target, attempt.body ?? new Uint8Array(), header, secret)) return `${status} for what Stripe never signed`;
  return null;
} // prettier-ignore
