import type { Store } from '../../store/store.ts';
import type { Trouble } from './trouble.ts';

/** Thrown into whatever a dead process was doing, so that it goes no step further. */
export class Died extends Error {
  constructor() {
    super('the process died');
    this.name = 'Died';
  }
}

/** How likely a process dies before, and how likely after, one call to the world outside it. */
const deathsPerStep = 0.002;

/** A process that may die between any two of its awaits: before a call leaves it, or before the answer is heard. */
export class Mortal {
  readonly name: string;
  readonly #trouble: Trouble;
  readonly #onDeath: () => void;
  /** How many deaths are none: the process is only cut off from Temporal and goes on with what it has in hand. */
  readonly #cutOffRate: number;
  isDead = false;
  /** Lives on although everybody takes it for dead: what it still does, it does behind their backs. */
  isForsaken = false;

  constructor(name: string, trouble: Trouble, onDeath: () => void, cutOffRate = 0) {
    this.name = name;
    this.#cutOffRate = cutOffRate;
    this.#trouble = trouble;
    this.#onDeath = onDeath;
  }

  /** One step of the process; throws where it has died, or dies here. */
  step(where: string): void {
    if (this.isDead) throw new Died();
    if (this.isForsaken || !this.#trouble.strikes(`${this.name}/death ${where}`, deathsPerStep)) return;
    if (this.#trouble.share(`${this.name}/cut off`) < this.#cutOffRate) this.isForsaken = true;
    else this.isDead = true;
    this.#onDeath();
    if (this.isDead) throw new Died();
  }
}

/** The store as this process reaches it. */
export function storeOf(store: Store, process: Mortal): Store {
  return new Proxy(store, {
    get(target, name: string) {
      const method = target[name as keyof Store];
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]): Promise<unknown> => {
        process.step(`before ${name}`);
        const answer = await (method as (...given: unknown[]) => Promise<unknown>)(...given);
        process.step(`after ${name}`);
        return answer;
      };
    },
  });
}
