import { existsSync } from 'node:fs';
import { startCalendar } from '../simulator/calendar/server.ts';
import { startSimulator } from '../simulator/server.ts';
import packageJson from '../package.json' with { type: 'json' };
import { startEverything } from './everything.ts';
import { createLog, installRuntime } from './log.ts';
import { configOfProcess, runProcess } from './process.ts';
import { addresses, brush, heading, readyLine, wantsColour } from './start-block.ts';

// `npm start`: everything in one process, on one data folder, with nothing to configure.

await runProcess(async () => {
  const config = configOfProcess('all');
  const log = createLog(config.logLevel ?? 'warn', 'holdfast');
  installRuntime(log);
  const paint = brush(wantsColour(process.stdout, process.env['NO_COLOR']));
  console.log(heading(packageJson.version, config.demo, paint));
  const say = (part: string, detail: string): void => console.log(readyLine(part, detail, paint));
  say('config', existsSync('.env') ? '.env' : 'defaults (.env not found)');
  const everything = await startEverything(
    config,
    { stripe: startSimulator, calendar: startCalendar },
    { say, log },
  );
  console.log(addresses(everything.instance, paint));
  return { log, stop: () => everything.stop() };
});
