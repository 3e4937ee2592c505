import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const script = resolve(import.meta.dirname, '../../.ci/count.mjs');

type Status = 'passed' | 'failed' | 'skipped' | 'pending' | 'todo';
const file = (status: 'passed' | 'failed', ...tests: Status[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

function count(report: string, exitCode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-count-'));
  try {
    writeFileSync(join(folder, 'report.json'), report);
    return spawnSync(process.execPath, [script, join(folder, 'report.json'), String(exitCode)], {
      encoding: 'utf8',
    }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the sum at the end of CI', () => {
  it.each([
    ['counts what passed', [file('passed', 'passed', 'passed')], 0, '2 0\n'],
    ['counts what failed', [file('failed', 'passed', 'failed')], 1, '1 1\n'],
    ['counts a skipped test as failed', [file('passed', 'passed', 'skipped', 'pending', 'todo')], 0, '1 3\n'],
    ['counts a file that did not load as failed', [file('passed', 'passed'), file('failed')], 1, '1 1\n'],
    ['counts a file whose clean-up broke as failed', [file('failed', 'passed')], 1, '1 1\n'],
    ['counts a run that broke off outside of its tests as failed', [file('passed', 'passed')], 1, '1 1\n'],
    ['never calls an empty run good', [], 0, '0 1\n'],
  ])('%s', (_, testResults, exitCode, sum) => {
    expect(count(JSON.stringify({ testResults }), exitCode)).toBe(sum);
  });

  it('counts a run that left no report as failed', () => {
    expect(count('', 1)).toBe('0 1\n');
  });
});
