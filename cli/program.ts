import { Command, Option } from 'commander';
import { listAlerts, resolveAlert } from './commands/alerts.ts';
import type { AlertOptions } from './commands/alerts.ts';
import { diagnose } from './commands/diagnose.ts';
import { doctor } from './commands/doctor.ts';
import { status } from './commands/status.ts';
import { createToken, tokenRoles } from './commands/token.ts';
import type { TokenOptions } from './commands/token.ts';
import { travel } from './commands/travel.ts';
import { trigger } from './commands/trigger.ts';
import type { TriggerOptions } from './commands/trigger.ts';
import { verify } from './commands/verify.ts';
import type { Context } from './context.ts';
import { demo } from './demo/demo.ts';
import { addAgreementCommands } from './program-agreements.ts';

/** What can be said before or after any command. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
}

/** The whole command line; `contextOf` is asked once the options of a call are known. */
export function createProgram(contextOf: (options: GlobalOptions) => Context): Command {
  const program = new Command('holdfast')
    .description('Operates a running Holdfast over HTTP')
    .option('--json', 'answer in JSON', false)
    .option('--quiet', 'answer with ids only', false)
    .option('--yes', 'do not ask before something that cannot be taken back', false)
    .addHelpText('after', '\nExit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 unreachable');
  const context = (): Context => contextOf(program.opts<GlobalOptions>());

  program
    .command('doctor')
    .description('check everything an instance needs')
    .action(() => doctor(context()));
  program
    .command('status')
    .description('agreements by state, open alerts, time')
    .action(() => status(context()));

  addAgreementCommands(program, context);

  program
    .command('diagnose <id>')
    .description('the payment of a lesson or a booking as Stripe has it now, beside ours')
    .action((id: string) => diagnose(context(), id));
  program
    .command('verify')
    .description('hold all money against Stripe, the journal and the audit; nothing is changed')
    .action(() => verify(context()));

  const alerts = program.command('alerts').description('what needs somebody');
  alerts
    .command('list')
    .option('--all', 'resolved ones too')
    .option('--type <type>')
    .option('--subject <id>')
    .action((options: AlertOptions) => listAlerts(context(), options));
  alerts
    .command('resolve <id>')
    .requiredOption('--resolution <text>', 'what was done about it')
    .action((id: string, { resolution }: { resolution: string }) => resolveAlert(context(), id, resolution));

  const token = program.command('token').description('API tokens');
  token
    .command('create')
    .addOption(new Option('--role <role>').choices(tokenRoles).makeOptionMandatory())
    .option('--ttl <duration>', 'how long it is good for', '1h')
    .option('--subject <name>', 'who it stands for')
    .action((options: TokenOptions) => createToken(context(), options));

  program
    .command('travel <duration>')
    .description('move the clock of a demo instance: 72h, 3d, PT30M or a moment in ISO-8601')
    .action((wanted: string) => travel(context(), wanted));
  program
    .command('trigger <event>')
    .description('make an event of Stripe or of the calendar happen in the simulator')
    .option('--lesson <id>', 'the lesson it is about')
    .option('--booking <id>', 'the booking it is about')
    .option('--account <id>', 'the account it is about')
    .option(
      '--set <field=value>',
      'a field of the deed',
      (one: string, before: string[]) => [...before, one],
      [],
    )
    .action((event: string, options: TriggerOptions) => trigger(context(), event, options));
  program
    .command('demo')
    .description('play lessons and bookings through time and check every cent')
    .action(() => demo(context()));
  return program;
}
