import type { Instant } from '../../domain/time.ts';

/** The doors through which messages and webhooks enter a story. */
export interface Doors {
  tell(name: string, body: unknown): boolean;
  hint(type: string): void;
}

/** Something that comes to a story from outside at an instant: a message, a webhook, a person in Stripe's dashboard. */
export interface VirtualVisit<Run> {
  readonly at: Instant;
  /** For whoever reads a counterexample. */
  readonly what: string;
  readonly act: (run: Run) => void;
}

/** A message that is heard at this instant. */
export const says = (at: Instant, name: string, body: unknown): VirtualVisit<Doors> => ({
  at,
  what: `${name} ${JSON.stringify(body)?.slice(0, 200)}`,
  act: (run) => void run.tell(name, body),
});

/** A webhook that is heard at this instant. */
export const hears = (at: Instant, type: string): VirtualVisit<Doors> => ({
  at,
  what: type,
  act: (run) => run.hint(type),
});
