import { run } from './run.ts';

const { argv, env, stdout, stderr } = process;

// Who reads no further, as `| head` does, has seen enough.
stdout.on('error', () => undefined);

process.exitCode = await run(argv.slice(2), {
  variables: env,
  isColoured: stdout.isTTY && !env['NO_COLOR'],
  write: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
});
