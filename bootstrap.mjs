// The first thing every command of this repository runs: plain Node, so that it works before anything is installed.
// `node bootstrap.mjs <command> [arguments…]` installs what is missing, then runs the command in this same process:
// no child stands between a signal and the program, so Ctrl-C reaches it once and SIGKILL leaves no orphan.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = import.meta.dirname ?? '.';

/** Each command is one entry of ours, with the arguments that always come first. */
const commands = {
  start: ['worker/dev.ts'],
  demo: ['cli/main.ts', 'demo'],
  holdfast: ['cli/main.ts'],
  api: ['api/main.ts'],
  worker: ['worker/main.ts'],
  simulator: ['simulator/main.ts'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
};

const oldestNode = { major: 20, minor: 19 };

const [command, ...given] = process.argv.slice(2);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor)) {
  fail(
    `Holdfast needs Node ${oldestNode.major}.${oldestNode.minor} or later; this is ${process.versions.node}.`,
    1,
  );
}
const entry = Object.hasOwn(commands, command ?? '') ? commands[command] : undefined;
// CI only installs: its steps run the tools by themselves.
if (!entry && command !== 'install') {
  fail(`Usage: node bootstrap.mjs install|${Object.keys(commands).join('|')} [arguments…]`, 2);
}

const reason = reasonToInstall();
if (reason) install(reason);
if (entry) await run(entry);

/** Why the packages have to be installed, or null when they are exactly those of the lockfile. */
function reasonToInstall() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  const lockFile = join(root, 'package-lock.json');
  if (!existsSync(installedFile)) return 'nothing is installed yet';
  if (statSync(installedFile).mtimeMs >= statSync(lockFile).mtimeMs) return null;
  // A checkout touches the lockfile without changing it: only a difference in content costs an install.
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const { '': ourselves, ...locked } = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  // npm leaves out what this platform has no use for.
  const mayBeAbsent = ({ optional, devOptional, extraneous }) =>
    Boolean(optional || devOptional || extraneous);
  const same = (name) =>
    installed[name]
      ? installed[name].version === locked[name]?.version &&
        installed[name].integrity === locked[name]?.integrity
      : mayBeAbsent(locked[name]);
  return ourselves && [...Object.keys(locked), ...Object.keys(installed)].every(same)
    ? null
    : 'the lockfile is newer';
}

function install(reason) {
  process.stderr.write(`Installing packages (npm ci), because ${reason} …\n`);
  // Under `npm run` the very npm that runs us; its output goes to stderr, so that `--json` answers stay clean.
  const npm = process.env.npm_execpath;
  const npmArguments = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { status, error } =
    npm && /\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...npmArguments], { cwd: root, stdio: ['ignore', 2, 2] })
      : spawnSync('npm', npmArguments, {
          cwd: root,
          stdio: ['ignore', 2, 2],
          shell: process.platform === 'win32',
        });
  if (status !== 0)
    fail(`npm ci failed${error ? `: ${error.message}` : ''}. Fix what it says above and run this again.`, 1);
}

async function run([file, ...first]) {
  const entryFile = join(root, file);
  if (!existsSync(entryFile)) fail(`${file} is missing from this checkout.`, 1);
  process.argv = [process.argv[0], entryFile, ...first, ...given];
  if (file.endsWith('.ts')) {
    const tsx = await import('tsx/esm/api');
    process.setSourceMapsEnabled(true);
    tsx.register();
  }
  await import(pathToFileURL(entryFile).href);
}

function fail(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
