import { platform, type World } from '../core/world.ts';
import type { SimRequest } from './exchange.ts';
import { noAccess, unauthorized } from './refusal.ts';

/** Who asks, and for which account. */
export interface Caller {
  readonly owner: string;
  readonly publishable: boolean;
}

const keyOf = (authorization: string | undefined): string => {
  if (authorization === undefined) return '';
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() === 'basic')
    return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
  return '';
};

/** A key that can move real money must never be sent to a simulator, not even by mistake. */
const isLiveKey = (key: string): boolean => /(?:sk|rk|pk)_live_/.test(key);

/** Marks an account that took the platform's access away. */
export const accessMark = (account: string): string => `deauthorized:${account}`;

/** The account a request names, or null for the platform's own. */
export const accountNamed = (request: SimRequest): string | null =>
  request.headers['stripe-account'] ?? request.headers['stripe-context'] ?? null;

/** The address under which the caller reached the simulator; without a socket it is Stripe's own. */
export const originOf = (request: SimRequest): string => {
  const host = request.headers['host'];
  return host === undefined ? 'https://checkout.stripe.com' : `http://${host}`;
};

/** Checks the key and the account header. */
export const identify = (world: World, request: SimRequest): Caller => {
  const key = keyOf(request.headers['authorization']);
  if (key === '')
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  if (isLiveKey(key))
    throw unauthorized('A live mode key was sent to a simulator. It was refused and not kept.');
  const publishable = key.startsWith('pk_test_');
  if (!publishable && !key.startsWith('sk_test_') && !key.startsWith('rk_test_'))
    throw unauthorized(`Invalid API Key provided: ${key.slice(0, 4)}****`);
  const account = accountNamed(request);
  if (account === null) return { owner: platform, publishable };
  if (
    world.tables.accounts.get(account) === undefined ||
    world.tables.marks.get(accessMark(account)) !== undefined
  )
    throw noAccess(account);
  return { owner: account, publishable };
};
