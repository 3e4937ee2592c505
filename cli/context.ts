import type { Client } from './client.ts';
import type { Output } from './output.ts';
import type { Variables } from './place.ts';

/** What every command is given: the instance, the way to answer, and a person to ask. */
export interface Context {
  readonly out: Output;
  readonly variables: Variables;
  /** Ends the command with "unreachable" where no instance is found. */
  readonly client: () => Client;
  /** Asks before something that cannot be taken back; `--yes` answers for scripts. */
  readonly confirm: (question: string) => Promise<void>;
}
