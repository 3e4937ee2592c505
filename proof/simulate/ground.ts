import type { Activities } from '../../activities/tasks.ts';
import type { AgreementState, Kind } from '../../domain/kinds.ts';
import type { Fact } from '../../domain/machine.ts';
import type { Instant } from '../../domain/time.ts';
import type { Coverage } from './coverage.ts';
import type { Mortal } from './mortal.ts';
import type { Story } from './story.ts';
import type { Timetable } from './timetable.ts';
import type { Trace } from './trace.ts';
import type { Trouble } from './trouble.ts';

/** A claim that did not hold: an invariant's name, or `bug` for code that threw what it must not. */
export interface Broken {
  readonly invariant: string;
  readonly subject: string;
  readonly message: string;
}

/** What everything in one simulated world stands on. */
export interface Ground {
  readonly timetable: Timetable;
  readonly trouble: Trouble;
  readonly trace: Trace;
  readonly coverage: Coverage;
  readonly broken: Broken[];
  /** How often a move is tried before its story is told that nobody knows. */
  readonly tries: number;
  readonly violate: (invariant: string, subject: string, message: string) => void;
  /** The activities as this process of the worker runs them. */
  readonly activitiesOf: (process: Mortal) => Activities;
  /** Looks at every fact a story learns. */
  readonly witness: (
    workflowId: string,
    kind: Kind,
    before: AgreementState,
    after: AgreementState,
    fact: Fact,
    now: Instant,
  ) => void;
  /** A story came to its end. */
  readonly conclude: (story: Story) => void;
}
