import type { Asked } from './campaign.ts';
import { campaign } from './campaign.ts';
import type { Said } from './processes.ts';
import { compileOnce } from './statements.ts';

// One process of several (processes.ts): lives its piece of a campaign and tells what came of it.

const tell = (said: Said): void => void process.send?.(said);

process.once('message', (asked: Asked) => {
  compileOnce();
  // Nobody reads a stack here (main.ts).
  Error.stackTraceLimit = 0;
  void campaign(asked, (lived) => tell({ kind: 'goes on', lived })).then(
    ({ lives, digest, coverage, failure }) => {
      const broken = failure === null ? null : { plan: failure.plan, broken: failure.lived.broken };
      tell({ kind: 'ends', lives, digest, counts: [...coverage.counts()], broken });
      process.disconnect();
    },
  );
});
