import { Refusal } from './refusal.ts';

const kinds = ['refuse', 'drop_before', 'drop_after'] as const;

/**
 * What can go wrong on purpose with a booking, a move or a cancellation: it is refused, the connection breaks before it
 * is done, or after.
 */
export type Fault = (typeof kinds)[number];

/** Far more than any test needs. */
const mostTimes = 100_000;

/** The faults that wait for their request, in the order they were armed; a spent one lets the next strike. */
export class Faults {
  #armed: { readonly kind: Fault; left: number }[] = [];

  /** Arms a fault from a control's body; what makes no sense is refused. */
  arm(body: Readonly<Record<string, unknown>>): { readonly kind: Fault; readonly times: number } {
    const { kind: asked, times = 1, ...unknown } = body;
    const kind = kinds.find((one) => one === asked);
    if (kind === undefined) throw unusable(`kind must be one of ${kinds.join(', ')}`);
    if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > mostTimes)
      throw unusable(`times must be a whole number from 1 to ${mostTimes}`);
    const [stranger] = Object.keys(unknown);
    if (stranger !== undefined) throw unusable(`${stranger} is not a field of this control`);
    this.#armed.push({ kind, left: times });
    return { kind, times };
  }

  /** Takes back every fault and says how many there were. */
  disarm(): { readonly removed: number } {
    const removed = this.#armed.length;
    this.#armed = [];
    return { removed };
  }

  /** The fault that strikes now, or null. */
  strike(): Fault | null {
    const [first] = this.#armed;
    if (first === undefined) return null;
    first.left -= 1;
    if (first.left === 0) this.#armed.shift();
    return first.kind;
  }
}

const unusable = (message: string): Refusal => new Refusal(422, 'UnprocessableEntityException', message);
