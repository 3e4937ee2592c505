import type { Stripe } from 'stripe';
import type { World } from '../core/world.ts';
import { accessMark } from '../http/caller.ts';
import { page } from '../http/pages.ts';
import {
  field,
  flag,
  freeMap,
  group,
  identifier,
  integer,
  oneOf,
  required,
  text,
} from '../http/parameters.ts';
import { noAccess, noSuch } from '../http/refusal.ts';
import { listShape, route } from '../http/route.ts';
import { account, capability } from '../objects/account.ts';
import { mergeMetadata } from './money.ts';
import type { FormValue } from '../http/form.ts';

const wanted = group({ requested: flag });
const profile = group({
  mcc: text,
  name: text,
  product_description: text,
  support_email: text,
  support_phone: text,
  support_url: text,
  url: text,
});
const interval = oneOf('daily', 'manual', 'monthly', 'weekly');
/** `minimum` or a number of days. */
const delayDays = field((value: FormValue, name): number =>
  value === 'minimum' ? 2 : integer.read(value, name),
);
const schedule = group({ interval, delay_days: delayDays, weekly_anchor: text, monthly_anchor: integer });

const shape = {
  business_profile: profile,
  business_type: oneOf('company', 'government_entity', 'individual', 'non_profit'),
  capabilities: group({ card_payments: wanted, transfers: wanted }),
  email: text,
  metadata: freeMap,
  settings: group({
    payouts: group({ schedule, debit_negative_balances: flag, statement_descriptor: text }),
  }),
};

const currencyByCountry: Record<string, string> = {
  US: 'usd',
  GB: 'gbp',
  CA: 'cad',
  AU: 'aud',
  JP: 'jpy',
  CH: 'chf',
  SE: 'sek',
  DK: 'dkk',
  NO: 'nok',
  PL: 'pln',
  MX: 'mxn',
  SG: 'sgd',
};

const controllerShape = group({
  fees: group({ payer: oneOf('account', 'application') }),
  losses: group({ payments: oneOf('application', 'stripe') }),
  requirement_collection: oneOf('application', 'stripe'),
  stripe_dashboard: group({ type: oneOf('express', 'full', 'none') }),
});

const found = (world: World, id: string): Stripe.Account => {
  const row = world.tables.accounts.get(id);
  if (row === undefined || world.tables.marks.get(accessMark(id)) !== undefined) throw noAccess(id);
  return row;
};

type Read = Parameters<Parameters<typeof route<typeof shape>>[3]>[0]['params'];

const settingsAfter = (before: Stripe.Account, params: Read): Stripe.Account.Settings | null => {
  const payouts = params.settings?.payouts;
  const settings = before.settings ?? null;
  if (payouts === undefined || settings?.payouts === undefined) return settings;
  const { schedule: asked } = payouts;
  const current = settings.payouts.schedule;
  return {
    ...settings,
    payouts: {
      debit_negative_balances: payouts.debit_negative_balances ?? settings.payouts.debit_negative_balances,
      statement_descriptor: payouts.statement_descriptor ?? settings.payouts.statement_descriptor,
      schedule: {
        delay_days: asked?.delay_days ?? current.delay_days,
        interval: asked?.interval ?? current.interval,
        ...(asked?.monthly_anchor === undefined ? {} : { monthly_anchor: asked.monthly_anchor }),
        ...(asked?.weekly_anchor === undefined ? {} : { weekly_anchor: asked.weekly_anchor }),
      },
    },
  };
};

const capabilitiesAfter = (before: Stripe.Account | null, params: Read): Stripe.Account.Capabilities => {
  const after: Stripe.Account.Capabilities = { ...before?.capabilities };
  if (params.capabilities?.card_payments?.requested === true) after.card_payments ??= 'inactive';
  if (params.capabilities?.transfers?.requested === true) after.transfers ??= 'inactive';
  return after;
};

const applied = (world: World, before: Stripe.Account, params: Read): Stripe.Account =>
  world.tables.accounts.patch(before.id, {
    email: params.email ?? before.email,
    metadata: mergeMetadata(before.metadata ?? null, params.metadata),
    capabilities: capabilitiesAfter(before, params),
    business_type: params.business_type ?? before.business_type ?? null,
    business_profile: before.business_profile
      ? {
          ...before.business_profile,
          ...Object.fromEntries(
            Object.entries(params.business_profile ?? {}).filter(([, value]) => value !== undefined),
          ),
        }
      : null,
    settings: settingsAfter(before, params),
  });

const create = route(
  'POST',
  '/v1/accounts',
  {
    ...shape,
    type: oneOf('custom', 'express', 'standard'),
    country: identifier,
    default_currency: text,
    controller: controllerShape,
  },
  ({ world, params }) => {
    const type = params.type ?? (params.controller === undefined ? 'standard' : 'none');
    const country = params.country ?? 'US';
    const row = world.tables.accounts.put(
      account({
        id: world.ids.next('acct'),
        created: world.clock.seconds(),
        country,
        currency: params.default_currency ?? currencyByCountry[country] ?? 'eur',
        email: params.email ?? null,
        type,
        businessType: params.business_type ?? null,
        capabilities: {},
        metadata: {},
        controller: {
          fees: {
            payer:
              params.controller?.fees?.payer ?? (type === 'standard' ? 'account' : 'application_express'),
          },
          is_controller: true,
          losses: {
            payments: params.controller?.losses?.payments ?? (type === 'standard' ? 'stripe' : 'application'),
          },
          requirement_collection:
            params.controller?.requirement_collection ?? (type === 'custom' ? 'application' : 'stripe'),
          stripe_dashboard: {
            type:
              params.controller?.stripe_dashboard?.type ??
              (type === 'standard' ? 'full' : type === 'custom' ? 'none' : 'express'),
          },
          type: 'application',
        },
      }),
    );
    const after = applied(world, row, params);
    world.emit('account.updated', after, after.id);
    return after;
  },
);

const update = route('POST', '/v1/accounts/:id', shape, ({ world, ids, params }) => {
  const after = applied(world, found(world, ids[0]), params);
  world.emit('account.updated', after, after.id);
  return after;
});

const retrieve = route('GET', '/v1/accounts/:id', {}, ({ world, ids }) => found(world, ids[0]));

const all = route('GET', '/v1/accounts', listShape, (call) => {
  const { accounts, marks } = call.world.tables;
  const rows = accounts.newestFirst(call.owner).filter(({ id }) => marks.get(accessMark(id)) === undefined);
  return page(call, '/v1/accounts', rows);
});

const statusOf = ({ capabilities }: Stripe.Account, id: string): string | undefined =>
  id === 'transfers'
    ? capabilities?.transfers
    : id === 'card_payments'
      ? capabilities?.card_payments
      : undefined;

const capabilityOf = (row: Stripe.Account, id: string): Stripe.Capability => {
  const status = statusOf(row, id);
  if (status === undefined) throw noSuch('capability', id);
  return capability(row, id, status);
};

const capabilities = route('GET', '/v1/accounts/:id/capabilities', {}, ({ world, ids }) => {
  const row = found(world, ids[0]);
  const data = Object.keys(row.capabilities ?? {}).map((id) => capabilityOf(row, id));
  return { object: 'list', url: `/v1/accounts/${row.id}/capabilities`, has_more: false, data };
});

const oneCapability = route('GET', '/v1/accounts/:id/capabilities/:capability', {}, ({ world, ids }) =>
  capabilityOf(found(world, ids[0]), ids[1]),
);

/** A link to Stripe's form works for minutes only. */
const linkSeconds = 300;

const link = route(
  'POST',
  '/v1/account_links',
  {
    account: required(identifier),
    type: required(oneOf('account_onboarding', 'account_update')),
    refresh_url: text,
    return_url: text,
    collection_options: group({
      fields: oneOf('currently_due', 'eventually_due'),
      future_requirements: oneOf('include', 'omit'),
    }),
    collect: oneOf('currently_due', 'eventually_due'),
  },
  ({ world, params }) => {
    const created = world.clock.seconds();
    const row = found(world, params.account);
    return {
      object: 'account_link',
      created,
      expires_at: created + linkSeconds,
      url: `https://connect.stripe.com/setup/e/${row.id}/${world.ids.next('lnk')}`,
    } satisfies Stripe.AccountLink;
  },
);

/** Everything Stripe answers about connected accounts and their settings. */
export const accountRoutes = [create, update, retrieve, all, capabilities, oneCapability, link];
