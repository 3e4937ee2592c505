import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { AgreementFact, AgreementState, AgreementView, Kind } from '../domain/kinds.ts';
import { machines } from '../domain/kinds.ts';
import type { Life } from '../domain/live.ts';
import { refuse } from '../domain/machine.ts';
import type { Move } from '../domain/payment/moves.ts';
import { adoptRulesName } from '../domain/rules.ts';
import type { CommandAnswer } from './contract.ts';
import { refusalType, stateQuery, stripeEventSignal, viewQuery } from './contract.ts';
import { sentName } from './interceptors.ts';

export type AnyLife = Pick<
  Life<AgreementState, AgreementFact, Move>,
  'state' | 'refusal' | 'tell' | 'reject' | 'hint'
>;

/**
 * A Signal stays in the history whatever was made of it, and one that was refused because its rules were not known yet
 * would be taken by later code that replays it. A refused Update leaves nothing behind.
 */
const updateOnly = refuse('comes as an Update only: temporal workflow update execute');

/** Temporal takes signal names of a thousand characters; what a person reads has room for a misspelt word. */
const longestName = 64;

/**
 * Opens the doors of a story: every command as an Update (answered) and a Signal (from the UI, CLI or a script) of one
 * name, the webhook's hint, and two queries. Handlers change state at once and never throw: a message that makes no
 * sense is noted where everyone can see it (temporal-rules 7, 9).
 */
export function hear(kind: Kind, life: AnyLife, now: () => number, onAnswered: (rev: number) => void): void {
  const machine = machines[kind];
  for (const name of machine.commands) {
    const answer = (raw: unknown): CommandAnswer => {
      const { message } = life.tell(name, raw, now());
      // Whoever sends what only the CLI can send shows it to nobody: the story does it itself.
      if (name !== adoptRulesName) onAnswered(life.state.rev);
      return { accepted: true, message, state: life.state };
    };
    const validator = (raw: unknown): void => {
      const refusal = life.refusal(name, raw, now());
      if (refusal !== null) {
        const { outcomes } = life.state;
        throw ApplicationFailure.nonRetryable(refusal.detail, refusalType, refusal.code, outcomes);
      }
    };
    const description = `Orders ${name}; needs an object, see the OpenAPI page`;
    setHandler(defineUpdate<CommandAnswer, [unknown]>(name), answer, { validator, description });
    const hearSignal = (raw: unknown): void => {
      if (name === adoptRulesName) life.reject(name, updateOnly, now());
      else life.tell(name, raw, now());
    };
    setHandler(defineSignal<[unknown]>(name), hearSignal, { description });
  }
  setHandler(defineSignal<[unknown]>(stripeEventSignal), (raw) => life.hint(raw, now()), {
    description: '{"eventId": "evt_…", "type": "payment_intent.succeeded", "objectId": "pi_…"}',
  });
  // Without this the SDK would keep a misspelt signal for a handler that never comes, and nobody would see it.
  setDefaultSignalHandler((name, raw) => void life.tell(sentName(name).slice(0, longestName), raw, now()));
  setHandler(defineQuery<AgreementState>(stateQuery), () => life.state);
  setHandler(defineQuery<AgreementView>(viewQuery), () => machine.view(life.state));
}
