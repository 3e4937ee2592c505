// Runs one Temporal dev server for a Holdfast process and never outlives it: the parent holds our standard input,
// and its end - a clean stop, a crash or SIGKILL alike - stops the server.
// Plain JavaScript, so that it starts in milliseconds and needs nothing but Node.
// Usage: node temporal-keeper.mjs <temporal binary> <arguments…>; the first line written is the server's process id.
import { spawn } from 'node:child_process';

/** The dev server closes its SQLite file within a second; five leave room for a busy machine. */
const graceMs = 5_000;

const [binary, ...serverArguments] = process.argv.slice(2);
const server = spawn(binary, serverArguments, { stdio: ['ignore', 'pipe', 'pipe'] });

// A parent that was killed leaves a closed pipe behind: losing the log must not lose the clean stop.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
server.stdout.pipe(process.stderr, { end: false });
server.stderr.pipe(process.stderr, { end: false });

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), graceMs).unref();
}

server.on('spawn', () => process.stdout.write(`${server.pid}\n`));
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
});
server.on('exit', (code) => {
  process.exitCode = stopping ? 0 : (code ?? 1);
  process.stdin.destroy();
});
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
