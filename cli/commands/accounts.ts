import type { Context } from '../context.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { money } from '../output.ts';
import type { AccountView, Debt, Page } from '../views.ts';
import { moreOf } from './agreements.ts';

const owed = (debt: readonly Debt[]): string =>
  debt.map(({ amount, currency }) => money(amount, currency)).join(', ');

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no');

/** Lists the accounts of those who are paid, the newest first, with what they owe. */
export async function listAccounts({ out, client }: Context, { limit }: { limit: string }): Promise<void> {
  const page = await client().get<Page<AccountView>>(
    `/api/accounts?${new URLSearchParams({ limit }).toString()}`,
  );
  const rows = page.data.map((account) => [
    account.id,
    account.status,
    yesOrNo(account.transfersEnabled),
    yesOrNo(account.payoutsEnabled),
    account.frozen ? 'frozen' : '',
    owed(account.debt),
    account.stripeAccountId,
  ]);
  const headings = ['account', 'status', 'transfers', 'payouts', 'frozen', 'owes', 'in Stripe'];
  out.answer(
    page,
    () => [...out.table(headings, rows), ...moreOf(page, out)],
    page.data.map(({ id }) => id),
  );
}

/** Shows one account: whether money can be sent to it, and what it owes. */
export async function showAccount({ out, client }: Context, id: string): Promise<void> {
  const account = await client().get<AccountView>(`/api/accounts/${encodeURIComponent(id)}`);
  const { status, transfersEnabled, payoutsEnabled, frozen, debt, stripeAccountId } = account;
  out.answer(
    account,
    () => [
      `${out.paint('bold', account.id)}  ${status}, ${stripeAccountId}`,
      `can receive transfers: ${yesOrNo(transfersEnabled)}; payouts: ${yesOrNo(payoutsEnabled)}`,
      ...(frozen ? [out.paint('red', 'frozen: no transfer leaves for it')] : []),
      debt.length === 0 ? 'owes nothing' : out.paint('yellow', `owes ${owed(debt)}`),
    ],
    [status],
  );
}

/** Whose transfers to stop or let go, and why. */
export interface FreezeOptions {
  readonly reason: string;
  readonly all?: boolean;
}

/** Stops the transfers to an account, or to all of them, until they are let go again. */
export async function freezeAccounts(context: Context, id: string | undefined, options: FreezeOptions): Promise<void> {
  const whose = whoseOf(id, options);
  await order(context, whose, 'freeze', options.reason, `${whose.name} frozen: no transfer leaves for it`);
} // prettier-ignore

/** Lets the transfers go again; those that waited are made at once, the oldest first. */
export async function unfreezeAccounts(context: Context, id: string | undefined, options: FreezeOptions): Promise<void> {
  const whose = whoseOf(id, options);
  await order(context, whose, 'unfreeze', options.reason, `${whose.name} unfrozen: what waited is sent now`);
} // prettier-ignore

interface Whose {
  readonly name: string;
  readonly path: string;
}

function whoseOf(id: string | undefined, { all }: FreezeOptions): Whose {
  if ((id === undefined) !== (all === true))
    throw new CliFailure(exitCodes.usage, 'Name one account, or say --all');
  return id === undefined
    ? { name: 'all accounts', path: '/api/admin' }
    : { name: id, path: `/api/admin/accounts/${encodeURIComponent(id)}` };
}

async function order(
  { out, client }: Context,
  { name, path }: Whose,
  verb: string,
  reason: string,
  done: string,
): Promise<void> {
  const answer = await client().post<unknown>(`${path}/${verb}`, { reason });
  out.answer(answer, () => [done], [name]);
}
