import { and, desc, eq } from 'drizzle-orm';
import { AppError } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import { prepared } from './prepared.ts';
import type { policies as policiesTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** One version of a policy. */
export type PolicyVersion = typeof policiesTable.$inferSelect;

/** The one name that every kind has a policy of its own under. */
const usualName = 'default';

/**
 * What a policy is kept under. A name belongs to one kind, but for `default`: there the kind stands before it, with a
 * sign that no name has.
 */
export const policyKey = (kind: Policy['kind'], name: string): string =>
  name === usualName && kind !== 'lesson' ? `${kind}:${name}` : name;

/** The name by which callers know a policy. */
export const policyName = ({ kind, id }: Pick<PolicyVersion, 'kind' | 'id'>): string =>
  id === policyKey(kind, usualName) ? usualName : id;

/** Terms that shall count for agreements from now on. */
export interface NewPolicy {
  readonly id: string;
  readonly terms: Policy;
  readonly by: string;
  readonly at: Instant;
}

const inserting = prepared(({ db, t: { policies: p } }, row: PolicyVersion) => db.insert(p).values(row));

const newest = prepared(({ db, t: { policies: p } }, { id }: Pick<PolicyVersion, 'id'>) =>
  db.select().from(p).where(eq(p.id, id)).orderBy(desc(p.version)).limit(1),
);

const versionOf = prepared(
  ({ db, t: { policies: p } }, { id, version }: Pick<PolicyVersion, 'id' | 'version'>) =>
    db
      .select()
      .from(p)
      .where(and(eq(p.id, id), eq(p.version, version))),
);

/** The newest version of a policy, or null. */
function* latestPolicy(session: Session, id: string): Unit<PolicyVersion | null> {
  return yield* first(newest(session, { id }));
}

/**
 * Adds a version; where the terms are those of the newest one, that one is answered and nothing is written. Terms of
 * another kind throw `id_conflict`: agreements name a policy and mean their own kind.
 */
function* putPolicy(
  session: Session,
  { id, terms, by, at }: NewPolicy,
): Unit<{ created: boolean; policy: PolicyVersion }> {
  const latest = yield* latestPolicy(session, id);
  if (latest !== null && latest.kind !== terms.kind) {
    throw new AppError('id_conflict', `The policy ${id} is one for a ${latest.kind}`);
  }
  if (latest !== null && canonicalJson(latest.terms) === canonicalJson(terms)) {
    return { created: false, policy: latest };
  }
  const version = (latest?.version ?? 0) + 1;
  const policy = { id, version, kind: terms.kind, terms, createdAt: at, createdBy: by };
  yield* exec(inserting(session, policy));
  yield* appendAudit(session, {
    at,
    actor: by,
    action: 'policy_changed',
    subject: `policy:${id}`,
    before: latest === null ? null : { version: latest.version, terms: latest.terms },
    after: { version, terms },
  });
  return { created: true, policy };
}

/** Puts a built-in policy in where it has no version yet; what people changed later stays. */
export function* seedPolicy({ db, t }: Session, { id, terms, by, at }: NewPolicy): Unit<void> {
  const seed = { id, version: 1, kind: terms.kind, terms, createdAt: at, createdBy: by };
  yield* exec(db.insert(t.policies).values(seed).onConflictDoNothing());
}

/** The policies as others use them. */
export const policies = (engine: Engine) => ({
  /** The newest version of a policy, or null. */
  latestPolicy: (id: string): Promise<PolicyVersion | null> => engine.read((s) => latestPolicy(s, id)),

  /** One version of a policy, or null. */
  policy: (id: string, version: number): Promise<PolicyVersion | null> =>
    engine.read((s) => first(versionOf(s, { id, version }))),

  /** Adds a version, unless the newest one has these terms; old versions stay for the agreements that pinned them. */
  putPolicy: (policy: NewPolicy): Promise<{ created: boolean; policy: PolicyVersion }> =>
    engine.transact((s) => putPolicy(s, policy)),

  /** The newest version of every policy, by id. */
  listPolicies: (): Promise<PolicyVersion[]> =>
    engine.read(function* ({ db, t: { policies: p } }) {
      const all = yield* rows(db.select().from(p).orderBy(p.id, p.version));
      return [...new Map(all.map((version) => [version.id, version])).values()];
    }),
});
