import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { accessMark } from '../http/caller.ts';
import { refused } from '../http/refusal.ts';
import { bankAccount, capability, requirements } from '../objects/account.ts';

export type CapabilityStatus = 'active' | 'inactive' | 'pending';

/** A change that Stripe, a bank or a form makes to an account. */
export interface AccountChange {
  capabilities?: Record<string, CapabilityStatus>;
  payoutsEnabled?: boolean;
  requirements?: Partial<Stripe.Account.Requirements>;
}

/** Changes what an account may do and tells the platform about the account and each capability that moved. */
export const changeAccount = (world: World, id: string, change: AccountChange): Stripe.Account => {
  const before = world.tables.accounts.must(id);
  const capabilities = { ...before.capabilities, ...change.capabilities };
  const after = world.tables.accounts.patch(id, {
    capabilities,
    charges_enabled: capabilities.card_payments === 'active',
    payouts_enabled: change.payoutsEnabled ?? before.payouts_enabled,
    requirements: { ...(before.requirements ?? requirements([], null)), ...change.requirements },
  });
  for (const [name, status] of Object.entries(change.capabilities ?? {}))
    if (Object.entries(before.capabilities ?? {}).find(([known]) => known === name)?.[1] !== status)
      world.emit('capability.updated', capability(after, name, status), id);
  world.emit('account.updated', after, id);
  return after;
};

/** Why an account may be rejected for good. */
export const rejections = [
  'rejected.fraud',
  'rejected.listed',
  'rejected.other',
  'rejected.terms_of_service',
] as const;

const isRejected = ({ requirements: due }: Stripe.Account): boolean =>
  due?.disabled_reason?.startsWith('rejected.') ?? false;

/** Stripe turns an account away: it receives nothing and is paid out nothing, whatever its balance. */
export const reject = (world: World, id: string, reason: (typeof rejections)[number]): Stripe.Account => {
  const { capabilities } = world.tables.accounts.must(id);
  return changeAccount(world, id, {
    capabilities: Object.fromEntries(
      Object.keys(capabilities ?? {}).map((name): [string, CapabilityStatus] => [name, 'inactive']),
    ),
    payoutsEnabled: false,
    requirements: { disabled_reason: reason },
  });
};

/** The account holder fills in the whole form and everything is verified at once. */
export const onboard = (world: World, id: string): Stripe.Account => {
  const before = world.tables.accounts.must(id);
  if (isRejected(before)) throw refused(undefined, `Account ${id} was rejected; no form brings it back.`);
  const bank = bankAccount(
    world.ids.next('ba'),
    id,
    before.country ?? 'US',
    before.default_currency ?? 'usd',
  );
  const seconds = world.clock.seconds();
  world.tables.accounts.patch(id, {
    details_submitted: true,
    tos_acceptance: { date: seconds, ip: '127.0.0.1', user_agent: null },
    external_accounts: before.external_accounts?.data.length
      ? before.external_accounts
      : { object: 'list', data: [bank], has_more: false, url: `/v1/accounts/${id}/external_accounts` },
  });
  const requested = Object.keys(before.capabilities ?? {});
  const capabilities = Object.fromEntries(
    requested.map((name): [string, CapabilityStatus] => [name, 'active']),
  );
  return changeAccount(world, id, {
    capabilities,
    payoutsEnabled: true,
    requirements: requirements([], null),
  });
};

/** The account holder takes the platform's access away. */
export const deauthorize = (world: World, id: string): void => {
  world.tables.marks.put({ id: accessMark(id), value: 1 });
  world.emit(
    'account.application.deauthorized',
    { id: 'ca_platform', object: 'application', name: 'Platform' },
    id,
  );
};
