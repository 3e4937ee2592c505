import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { searchAttributes } from '../../workflows/contract.ts';

const compose = readFileSync(resolve(import.meta.dirname, '../../docker-compose.yml'), 'utf8');

it('the production stack makes exactly the search attributes that the workflows set, or every start would fail', () => {
  const made = [...compose.matchAll(/^ +attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
  expect(Object.fromEntries(made)).toEqual(searchAttributes);
});
