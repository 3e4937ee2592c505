import { defineConfig } from 'vitest/config';

// A default export because vitest asks for one.
export default defineConfig({
  test: {
    include: [
      'test/**/*.test.ts',
      '{domain,workflows,activities,store,api,worker,simulator,cli}/**/*.test.ts',
    ],
    globalSetup: ['test/setup/chromium.ts', 'test/setup/temporal.ts'],
    // Forked processes: the native parts of the Temporal SDK and of SQLite crash when threads share them.
    pool: 'forks',
    // Our modules keep nothing that one file of tests could leave to the next, and loading them again costs seconds.
    isolate: false,
    // Two cores are the machine we promise to run on; a third of the time a file waits for Temporal and for processes.
    maxWorkers: 3,
    // A life on a real server with time travel takes seconds; three minutes on a busy machine mean that it hangs.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
