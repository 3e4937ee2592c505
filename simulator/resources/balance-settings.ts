import type { Stripe } from 'stripe';
import { flag, group, integer, list, oneOf, text } from '../http/parameters.ts';
import { route, type Call } from '../http/route.ts';

const interval = oneOf('daily', 'manual', 'monthly', 'weekly');

const settingsOf = (call: Call<unknown>): Stripe.BalanceSettings => {
  const payouts = call.world.tables.accounts.get(call.owner)?.settings?.payouts;
  const schedule = payouts?.schedule;
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: payouts?.debit_negative_balances ?? false,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: null,
        schedule: { interval: schedule?.interval ?? 'manual' },
        statement_descriptor: payouts?.statement_descriptor ?? null,
        status:
          call.world.tables.accounts.get(call.owner)?.payouts_enabled === false ? 'disabled' : 'enabled',
      },
      settlement_timing: { delay_days: schedule?.delay_days ?? 2, start_of_day: null },
    },
  };
};

const readSettings = route('GET', '/v1/balance_settings', {}, settingsOf);

const writeSettings = route(
  'POST',
  '/v1/balance_settings',
  {
    payments: group({
      debit_negative_balances: flag,
      payouts: group({
        schedule: group({ interval, monthly_payout_days: list(integer), weekly_payout_days: list(text) }),
        statement_descriptor: text,
      }),
      settlement_timing: group({ delay_days_override: integer }),
    }),
  },
  (call) => {
    const { world, owner, params } = call;
    const before = world.tables.accounts.get(owner);
    const settings = before?.settings;
    if (before !== undefined && settings?.payouts !== undefined && settings.payouts !== null) {
      const { payments } = params;
      const { payouts } = settings;
      world.tables.accounts.patch(owner, {
        settings: {
          ...settings,
          payouts: {
            debit_negative_balances: payments?.debit_negative_balances ?? payouts.debit_negative_balances,
            statement_descriptor: payments?.payouts?.statement_descriptor ?? payouts.statement_descriptor,
            schedule: {
              ...payouts.schedule,
              interval: payments?.payouts?.schedule?.interval ?? payouts.schedule.interval,
              delay_days: payments?.settlement_timing?.delay_days_override ?? payouts.schedule.delay_days,
            },
          },
        },
      });
    }
    const after = settingsOf(call);
    world.emit('balance_settings.updated', after, owner);
    return after;
  },
);

/** How an account's balance is paid out. */
export const balanceSettingsRoutes = [readSettings, writeSettings];
