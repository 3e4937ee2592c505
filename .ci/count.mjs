// Prints "<passed> <failed>" for a vitest report: node count.mjs <report.json> <exit code of vitest>.
// Whatever did not pass counts as failed: skipped tests, files that did not load, a run that broke off.
import { readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const report = read(file);
const files = report?.testResults ?? [];
const tests = files.flatMap((result) => result.assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const notLoaded = files.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = tests.length - passed + notLoaded;
const brokeOff = failed === 0 && (exitCode !== '0' || passed === 0) ? 1 : 0;
process.stdout.write(`${passed} ${failed + brokeOff}\n`);

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
