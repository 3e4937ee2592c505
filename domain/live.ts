import { assertNever } from './errors.ts';
import type { BaseState, DriverFact, Effect, Fact, Machine, Refusal, Wait } from './machine.ts';
import { after, isRefusal, refuse } from './machine.ts';
import type { Instant } from './time.ts';

/** The world a story lives in: Temporal's, the simulation's or the preview's. */
export interface World<State, F, E> {
  now(): Instant;
  /** Resolves when the instant has come (null: never) or `woken` answers true. */
  waitUntil(wait: Wait, woken: () => boolean): Promise<void>;
  /** Performs the effect and answers its outcome; never throws for what the world outside did. */
  perform(effect: E, state: State): Promise<F | DriverFact<E>>;
  /** Shows the state to whoever lists stories. Answers true when it gave way to others, so the driver looks again. */
  publish(state: State): Promise<boolean>;
}

/** The hint a Stripe webhook carries into a story: look at this object again. */
export interface StripeEventHint {
  readonly eventId: string;
  readonly type: string;
  readonly objectId: string;
}

/** One story under way: its state and the two doors through which messages enter it. */
export interface Life<State, F, E> {
  readonly state: State;
  learn(fact: F | DriverFact<E>): void;
  /** Why the message would be refused now, or null; changes nothing. */
  refusal(name: string, raw: unknown, now: Instant): Refusal | null;
  /** Applies a command at once, or notes the refusal where everyone can see it. Answers what the caller is told. */
  tell(name: string, raw: unknown, now: Instant): { accepted: boolean; message: string };
  /** Notes that a message was not taken, where everyone can see it. */
  reject(name: string, refusal: Refusal, now: Instant): void;
  hint(raw: unknown, now: Instant): void;
}

/** Opens a story: nothing happens yet. */
export function open<
  Input,
  State extends BaseState<E>,
  Command extends { readonly name: string },
  F extends Fact,
  E extends Effect,
  View,
>(machine: Machine<Input, State, Command, F, E, View>, input: Input, resume?: State): Life<State, F, E> {
  let state = resume ?? machine.open(input);

  const consider = (name: string, raw: unknown, now: Instant) => {
    const command = machine.parse(name, raw, now);
    return isRefusal(command) ? command : machine.accept(state, command, now);
  };
  const learn = (fact: F | DriverFact<E>): void => {
    state = after(machine, state, fact);
  };
  const reject = (name: string, { code, detail }: Refusal, at: Instant): void =>
    learn({ type: 'rejected', at, rejection: { at, name, code, detail } });

  return {
    get state() {
      return state;
    },
    learn,
    reject,
    refusal(name, raw, now) {
      const verdict = consider(name, raw, now);
      return isRefusal(verdict) ? verdict : null;
    },
    tell(name, raw, now) {
      const verdict = consider(name, raw, now);
      if (isRefusal(verdict)) {
        reject(name, verdict, now);
        return { accepted: false, message: verdict.detail };
      }
      verdict.facts.forEach(learn);
      return { accepted: true, message: verdict.message };
    },
    hint(raw, now) {
      const hint = parseHint(raw);
      if (hint === null) reject('stripeEvent', refuse('needs {eventId, type, objectId}', 'malformed'), now);
      else if (!state.heard.includes(hint.eventId)) {
        learn({
          type: 'stripeEvent',
          at: now,
          eventId: hint.eventId,
          about: hint.type,
          objectId: hint.objectId,
        });
      }
    },
  };
}

/**
 * Lives a story to its end: the one loop of the house. Decides nothing about money (that is `next`) and touches
 * nothing outside (that is the world). A wait ends when `next` no longer answers this same wait, so a fact that
 * changes nothing re-arms no timer.
 */
export async function live<
  Input,
  State extends BaseState<E>,
  Command extends { readonly name: string },
  F extends Fact,
  E extends Effect,
  View,
>(
  machine: Machine<Input, State, Command, F, E, View>,
  life: Life<State, F, E>,
  world: World<State, F, E>,
): Promise<string> {
  for (;;) {
    const step = machine.next(life.state, world.now());
    switch (step.kind) {
      case 'learn':
        life.learn(step.fact);
        break;
      case 'perform':
        life.learn({ type: 'began', at: world.now(), effect: step.effect });
        life.learn(await world.perform(step.effect, life.state));
        break;
      case 'wait':
        if (await world.publish(life.state)) break;
        await world.waitUntil(step, () => !isSameWait(step, machine.next(life.state, world.now())));
        break;
      case 'finished':
        if (await world.publish(life.state)) break;
        // A story taken up again by a message may have heard it while it looked finished.
        if (machine.next(life.state, world.now()).kind !== 'finished') break;
        return step.outcome;
      default:
        return assertNever(step);
    }
  }
}

const isSameWait = (wait: Wait, step: { kind: string; until?: Instant | null }): boolean =>
  step.kind === 'wait' && step.until === wait.until;

function parseHint(raw: unknown): StripeEventHint | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { eventId, type, objectId } = raw as Record<string, unknown>;
  const wellFormed = [eventId, type, objectId].every(
    (text) => typeof text === 'string' && text.length <= 255,
  );
  return wellFormed
    ? { eventId: eventId as string, type: type as string, objectId: objectId as string }
    : null;
}
