import { eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { prepared } from './prepared.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

const valueOf = prepared(({ db, t: { settings: s } }, { key }: { key: string }) =>
  db.select({ value: s.value }).from(s).where(eq(s.key, key)),
);

const putting = prepared(({ db, t: { settings: s } }, row: { key: string; value: unknown }) =>
  db
    .insert(s)
    .values(row)
    .onConflictDoUpdate({ target: s.key, set: { value: row.value } }),
);

/** The value of a setting, or null where it was never put. */
export function* setting(session: Session, key: string): Unit<unknown> {
  return (yield* first(valueOf(session, { key })))?.value ?? null;
}

/** Puts a setting in place of the one that was. */
export function* put(session: Session, key: string, value: unknown): Unit<void> {
  yield* exec(putting(session, { key, value }));
}

const clockOffsetKey = 'clock_offset_ms';

function* clockOffsetMs(session: Session): Unit<number> {
  const offsetMs = yield* setting(session, clockOffsetKey);
  return typeof offsetMs === 'number' ? offsetMs : 0;
}

function* setClockOffsetMs(session: Session, offsetMs: number): Unit<number> {
  invariant(Number.isSafeInteger(offsetMs), `${offsetMs} is a whole number of milliseconds`);
  const before = yield* clockOffsetMs(session);
  if (offsetMs <= before) return before;
  yield* put(session, clockOffsetKey, offsetMs);
  return offsetMs;
}

const frozenAllKey = 'frozen_all';

function* isFrozenAll(session: Session): Unit<boolean> {
  return (yield* setting(session, frozenAllKey)) === true;
}

/** Who stops everybody's money or lets it go again, and why. */
export interface FreezingAll {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

function* setFrozenAll(session: Session, frozen: boolean, { by, reason, at }: FreezingAll): Unit<boolean> {
  const before = yield* isFrozenAll(session);
  if (before === frozen) return false;
  yield* put(session, frozenAllKey, frozen);
  yield* appendAudit(session, {
    at,
    actor: by,
    action: frozen ? 'accounts_frozen' : 'accounts_unfrozen',
    subject: 'accounts',
    reason,
    before: { frozen: before },
    after: { frozen },
  });
  return true;
}

/** The settings as others use them. */
export const settings = (engine: Engine) => ({
  /** How far the travelled clock is ahead of the real one; 0 where nobody travelled. */
  clockOffsetMs: (): Promise<number> => engine.read(clockOffsetMs),

  /** Moves the travelled clock forward; a smaller offset changes nothing. Answers the offset that counts. */
  setClockOffsetMs: (offsetMs: number): Promise<number> =>
    engine.transact((s) => setClockOffsetMs(s, offsetMs)),

  /** Whether every account is frozen, whatever its own row says. */
  isFrozenAll: (): Promise<boolean> => engine.read(isFrozenAll),

  /** Freezes every account, those to come included; answers whether that changed anything. */
  freezeAll: (freezing: FreezingAll): Promise<boolean> =>
    engine.transact((s) => setFrozenAll(s, true, freezing)),

  /** Ends what `freezeAll` began; an account that is frozen by itself stays so. Answers whether that changed anything. */
  unfreezeAll: (freezing: FreezingAll): Promise<boolean> =>
    engine.transact((s) => setFrozenAll(s, false, freezing)),
});
