import type { Command } from 'commander';
import { freezeAccounts, listAccounts, showAccount, unfreezeAccounts } from './commands/accounts.ts';
import type { FreezeOptions } from './commands/accounts.ts';
import { listAgreements, showAgreement, showTimeline } from './commands/agreements.ts';
import type { Kind, ListOptions } from './commands/agreements.ts';
import { bookingKind, refundBooking, resolveBooking } from './commands/bookings.ts';
import type { RefundOptions, ResolveOptions } from './commands/bookings.ts';
import { acceptDispute, listDisputes, showDispute, submitDispute } from './commands/disputes.ts';
import type { DisputeListOptions, SubmitOptions } from './commands/disputes.ts';
import { captureLesson, lessonKind } from './commands/lessons.ts';
import type { CaptureOptions } from './commands/lessons.ts';
import type { Context } from './context.ts';
import type { AgreementView } from './views.ts';

const why = ['--reason <text>', 'why, for the audit log'] as const;
const howMany = ['--limit <n>', 'how many', '25'] as const;

/** Adds the commands about agreements, bank disputes and the accounts of those who are paid. */
export function addAgreementCommands(program: Command, context: () => Context): void {
  kindCommands(program, context, lessonKind)
    .command('capture <id>')
    .description('take the hold of one lesson now')
    .requiredOption(...why)
    .option('--amount <minor>', 'less than the price, in minor units')
    .option('--dry-run', 'show what would be done')
    .action((id: string, options: CaptureOptions) => captureLesson(context(), id, options));

  const bookings = kindCommands(program, context, bookingKind);
  bookings
    .command('refund <id>')
    .description('give the attendee back what is left, or a part of it')
    .requiredOption(...why)
    .option('--amount <minor>', 'less than what is left, in minor units')
    .action((id: string, options: RefundOptions) => refundBooking(context(), id, options));
  bookings
    .command('resolve <id>')
    .description("decide the complaint about a booking; a split names the provider's side")
    .requiredOption('--outcome <outcome>', 'release, refund or split')
    .requiredOption(...why)
    .option('--payee-amount <minor>', "the provider's side before the fee, in minor units")
    .option('--payee-bps <bps>', 'or its share of the price, in basis points')
    .action((id: string, options: ResolveOptions) => resolveBooking(context(), id, options));

  disputeCommands(program, context);
  accountCommands(program, context);
}

/** What every kind of agreement has; answers the group, for what only this kind has. */
function kindCommands<View extends AgreementView>(
  program: Command,
  context: () => Context,
  kind: Kind<View>,
): Command {
  const group = program.command(kind.many).description(`${kind.many} and their payments`);
  group
    .command('list')
    .description(`the newest ${kind.many}`)
    .option('--state <state>', 'only those in this state')
    .option('--account <id>', 'only those paid to this account')
    .option('--needs-attention', 'only those that wait for a person')
    .option(...howMany)
    .action((options: ListOptions) => listAgreements(context(), kind, options));
  group
    .command('show <id>')
    .description(`one ${kind.one} and where its money is`)
    .action((id: string) => showAgreement(context(), kind, id));
  group
    .command('timeline <id>')
    .description('what happened, in order')
    .action((id: string) => showTimeline(context(), kind, id));
  return group;
}

function disputeCommands(program: Command, context: () => Context): void {
  const disputes = program.command('disputes').description("disputes at the payers' banks");
  disputes
    .command('list')
    .description('the newest disputes')
    .option('--state <state>', 'only those in this state')
    .option(...howMany)
    .action((options: DisputeListOptions) => listDisputes(context(), options));
  disputes
    .command('show <id>')
    .description('one dispute and until when the bank takes an answer')
    .action((id: string) => showDispute(context(), id));
  disputes
    .command('submit <id>')
    .description('send the evidence to the bank now')
    .requiredOption(...why)
    .option('--statement <text>', 'what to tell the bank besides')
    .action((id: string, options: SubmitOptions) => submitDispute(context(), id, options));
  disputes
    .command('accept <id>')
    .description('give the dispute up: the money stays with the payer')
    .requiredOption(...why)
    .action((id: string, options: { reason: string }) => acceptDispute(context(), id, options));
}

function accountCommands(program: Command, context: () => Context): void {
  const accounts = program.command('accounts').description('those who are paid');
  accounts
    .command('list')
    .description('the newest accounts and what they owe')
    .option(...howMany)
    .action((options: { limit: string }) => listAccounts(context(), options));
  accounts
    .command('show <id>')
    .description('one account: whether money can be sent to it, and what it owes')
    .action((id: string) => showAccount(context(), id));
  accounts
    .command('freeze [id]')
    .description('let no transfer leave for an account')
    .requiredOption(...why)
    .option('--all', 'every account')
    .action((id: string | undefined, options: FreezeOptions) => freezeAccounts(context(), id, options));
  accounts
    .command('unfreeze [id]')
    .description('let the transfers go again')
    .requiredOption(...why)
    .option('--all', 'every account')
    .action((id: string | undefined, options: FreezeOptions) => unfreezeAccounts(context(), id, options));
}
