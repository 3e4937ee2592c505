import type { Accepted, BaseState, Fact, Refusal, StoryLine } from './machine.ts';
import { lineOf, refuse } from './machine.ts';
import { Fields } from './parse.ts';
import type { Instant } from './time.ts';

// A running story keeps the rules it began with (`state.rules`) until a person moves it on. The same for every kind.

/** The command's name; it comes as an Update only (workflows/messages.ts says why). */
export const adoptRulesName = 'adoptRules';

/** Moves one running story on to later rules. */
export interface AdoptRules {
  readonly name: typeof adoptRulesName;
  readonly rules: number;
  readonly by: string;
  readonly reason: string;
}

/** From here on the story runs on these rules. */
export interface RulesAdopted extends Fact {
  readonly type: 'rulesAdopted';
  readonly rules: number;
  readonly by: string;
  readonly reason: string;
}

/** Reads the command; throws `BadMessage` like every reader of fields. */
export function readAdoptRules(raw: unknown): AdoptRules {
  const fields = new Fields(raw, ['rules', 'by', 'reason']);
  return {
    name: adoptRulesName,
    rules: fields.integer('rules', 1, Number.MAX_SAFE_INTEGER),
    by: fields.optionalText('by', 200) ?? 'operator',
    reason: fields.text('reason'),
  };
}

/** Only forward, and never to rules this code does not know: `current` is the newest of the kind. */
export function adoptRules(
  state: Pick<BaseState, 'rules'>,
  { rules, by, reason }: AdoptRules,
  current: number,
  now: Instant,
): Refusal | Accepted<RulesAdopted> {
  if (rules <= state.rules) return refuse(`It runs on rules ${state.rules} already`);
  if (rules > current) return refuse(`This version knows rules up to ${current}`, 'invalid');
  const message = `Goes on by rules ${rules}`;
  return { facts: [{ type: 'rulesAdopted', at: now, rules, by, reason }], message };
}

/** The line a person reads about it. */
export const rulesLine = (fact: RulesAdopted): StoryLine =>
  lineOf(fact, `Goes on by rules ${fact.rules}`, fact.by, fact.reason);
