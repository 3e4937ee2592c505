import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflows } from '../../worker/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

/** One edit of the source: the text must be there exactly once, or the planted code would be the tree's own. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Bundles the workflows with these edits made in a copy of the source; the tree stays as it is. */
export async function plantedBundle(edits: readonly Edit[]): Promise<WorkflowBundle> {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
  try {
    for (const room of ['domain', 'workflows']) cpSync(join(root, room), join(copy, room), { recursive: true });
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const edit of edits) plant(copy, edit);
    return await bundleWorkflows(join(copy, 'workflows'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
} // prettier-ignore

function plant(copy: string, { file, find, put }: Edit): void {
  const source = readFileSync(join(copy, file), 'utf8');
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`"${find}" is ${times} times in ${file}; plant the change anew`);
  writeFileSync(
    join(copy, file),
    source.replace(find, () => put),
  );
}

const payingStep =
  'const step = paying(payment, { ...state.plan, stripeAccount: state.input.tutor.stripeAccount }, now);';

/** A minute's wait between capture and transfer, where the condition holds. */
const waitBeforeTransfer = (condition: string): Edit => ({
  file: 'domain/lesson/next.ts',
  find: payingStep,
  put: `
    const transferAt = (payment.chargedAt ?? 0) + 60_000;
    if (${condition} && payment.intent?.status === 'captured' && payment.transferId === null && now < transferAt) {
      return wait(transferAt, 'a minute to think');
    }
    ${payingStep}`,
});

/** The same change to running stories and new ones alike: what nobody may do. */
export const carelessWait = [waitBeforeTransfer('true')];

/** Lets holds go that are to be captured. */
export const carelessRelease: readonly Edit[] = [
  {
    file: 'domain/payment/paying.ts',
    find: 'if (plan.charge > 0) return capture(payment, payment.intent.id, plan.charge);',
    put: '',
  },
];

/** The next version of the rules, with the wait for those who run on it: how such a change is made. */
export const nextRules = (current: number): readonly Edit[] => [
  {
    file: 'domain/lesson/lesson.ts',
    find: `export const currentRules = ${current};`,
    put: `export const currentRules = ${current + 1};`,
  },
  waitBeforeTransfer(`state.rules >= ${current + 1}`),
];
