import { eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, oncePerSession, type Session, type Unit } from './unit.ts';

const clockOffsetKey = 'clock_offset_ms';

/** Prepared, because whoever asks for the travelled time asks often. */
const offsetQuery = oncePerSession(({ db, t: { settings: s } }) =>
  db.select({ value: s.value }).from(s).where(eq(s.key, clockOffsetKey)).prepare(),
);

function* clockOffsetMs(session: Session): Unit<number> {
  const found = yield* first(offsetQuery(session));
  return typeof found?.value === 'number' ? found.value : 0;
}

function* setClockOffsetMs(session: Session, offsetMs: number): Unit<number> {
  invariant(Number.isSafeInteger(offsetMs), `${offsetMs} is a whole number of milliseconds`);
  const before = yield* clockOffsetMs(session);
  if (offsetMs <= before) return before;
  const { db, t } = session;
  yield* exec(
    db
      .insert(t.settings)
      .values({ key: clockOffsetKey, value: offsetMs })
      .onConflictDoUpdate({ target: t.settings.key, set: { value: offsetMs } }),
  );
  return offsetMs;
}

/** The settings as others use them. */
export const settings = (engine: Engine) => ({
  /** How far the travelled clock is ahead of the real one; 0 where nobody travelled. */
  clockOffsetMs: (): Promise<number> => engine.read(clockOffsetMs),

  /** Moves the travelled clock forward; a smaller offset changes nothing. Answers the offset that counts. */
  setClockOffsetMs: (offsetMs: number): Promise<number> =>
    engine.transact((s) => setClockOffsetMs(s, offsetMs)),
});
