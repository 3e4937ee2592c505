import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { invariantIds } from '../../proof/coherent/run.ts';
import { planted } from '../../proof/mutants/planted.ts';
import { hunt, isExpected } from '../../proof/mutants/run.ts';

// `npm run mutants` hunts them, a sample of them in CI; here every bug can be planted, and some are.

const root = join(import.meta.dirname, '../..');

/** Told by the simulation beside the invariants: code that threw what it must not, and the stand-in's own books. */
const others = ['bug', 'Stripe'];

describe('planted money bugs', () => {
  it('are at least forty, each of another name and a change of its own', () => {
    expect(planted.length).toBeGreaterThanOrEqual(40);
    expect(new Set(planted.map(({ name }) => name)).size).toBe(planted.length);
    expect(new Set(planted.map(({ pieces }) => JSON.stringify(pieces))).size).toBe(planted.length);
  });

  it.each(planted.map((bug) => [bug.name, bug] as const))(
    'can be planted: %s',
    (_, { pieces, expect: by }) => {
      for (const { file, piece, instead } of pieces) {
        const source = readFileSync(join(root, file), 'utf8');
        expect(source.split(piece)).toHaveLength(2);
        expect(instead).not.toBe(piece);
      }
      expect(by.filter((one) => !others.includes(one) && !invariantIds.some((id) => id === one))).toEqual([]);
    },
  );

  it('are for every invariant, one at least that no other is expected to see', () => {
    const alone = new Set(
      planted.filter(({ expect: by }) => by.length === 1).flatMap(({ expect: by }) => by),
    );
    expect(invariantIds.filter((id) => !alone.has(id))).toEqual([]);
  });

  it.each(['a refund has no key', 'the ledger is not written'])('are noticed: %s', async (name) => {
    const bug = planted.find((one) => one.name === name);
    if (bug === undefined) throw new Error(`nobody planted "${name}"`);
    const caught = await hunt(bug, 'mutants', 100);
    expect(isExpected(bug, caught), `noticed by ${caught.by.join(' ')}`).toBe(true);
  });

  it('that cannot be planted end the process instead of proving nothing', async () => {
    const [bug] = planted;
    if (bug === undefined) throw new Error('nothing is planted');
    await expect(
      hunt({ ...bug, pieces: bug.pieces.map((one) => ({ ...one, piece: 'no such words' })) }, 'mutants', 1),
    ).rejects.toThrow('stands 0 times');
  });
});
