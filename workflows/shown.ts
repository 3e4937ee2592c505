import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Kind } from '../domain/kinds.ts';
import { machines } from '../domain/kinds.ts';
import type { AnyLife } from './messages.ts';
import type { SearchAttributeName } from './contract.ts';
import { attributesOf, searchAttributes } from './contract.ts';

type Attributes = ReturnType<typeof attributesOf>;

/** What others have already seen of a story: lists by its revision, searches by its attributes. */
export class Shown {
  #rev: number;
  #attributes: Attributes;
  readonly #kind: Kind;
  readonly #life: AnyLife;
  readonly #now: () => number;

  constructor(kind: Kind, life: AnyLife, now: () => number) {
    this.#kind = kind;
    this.#life = life;
    this.#now = now;
    this.#rev = life.state.rev;
    this.#attributes = this.#current();
  }

  /** The lists have, or are about to have, this revision: an activity committed it or the API does. */
  upTo(rev: number): void {
    this.#rev = Math.max(this.#rev, rev);
  }

  get isBehind(): boolean {
    return this.#life.state.rev > this.#rev;
  }

  #current(): Attributes {
    return attributesOf(this.#kind, machines[this.#kind].columns(this.#life.state, this.#now()));
  }

  /** One upsert carries every attribute that changed; each costs an event and a billed action. */
  attributes(): void {
    const [before, current] = [this.#attributes, this.#current()];
    const names = Object.keys(current) as SearchAttributeName[];
    const changed = names.filter((name) => current[name] !== before[name]);
    if (changed.length === 0) return;
    this.#attributes = current;
    upsertSearchAttributes(changed.map((name) => pair(name, current[name])));
  }
}

function pair(name: SearchAttributeName, value: string | number | null) {
  const type = searchAttributes[name];
  switch (type) {
    case 'Keyword':
      return {
        key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
        value: value as string | null,
      };
    case 'Datetime': {
      const at = value === null ? null : new Date(value);
      return { key: defineSearchAttributeKey(name, SearchAttributeType.DATETIME), value: at };
    }
    case 'Int':
      return { key: defineSearchAttributeKey(name, SearchAttributeType.INT), value: value as number | null };
  }
}
