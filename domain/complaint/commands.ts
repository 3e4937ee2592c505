import { largestAmount } from '../money.ts';
import { BadMessage, Fields } from '../parse.ts';
import { heardAt, orderedBy } from '../orders.ts';
import type { Instant } from '../time.ts';
import type { Decision, EvidenceFile } from './complaint.ts';

/** Opens a complaint. */
export interface OpenComplaint {
  readonly name: 'dispute';
  readonly by: string;
  readonly reason: string;
  readonly statement: string | null;
  readonly at: Instant;
}

/** One side's word about an open complaint. */
export interface GiveEvidence {
  readonly name: 'evidence';
  readonly by: string;
  readonly statement: string;
  readonly links: readonly string[];
  readonly files: readonly EvidenceFile[];
}

/** An admin's decision. */
export interface Resolve extends Decision {
  readonly name: 'resolve';
  readonly by: string;
  readonly reason: string;
}

export type ComplaintCommand = OpenComplaint | GiveEvidence | Resolve;

/** Reads a command about a complaint; throws `BadMessage` like every reader of fields. */
export function readComplaintCommand(
  name: ComplaintCommand['name'],
  raw: unknown,
  parties: readonly string[],
  now: Instant,
): ComplaintCommand {
  switch (name) {
    case 'dispute': {
      const fields = new Fields(raw, ['by', 'reason', 'statement', 'at']);
      const by = fields.oneOf('by', [...parties, 'admin']);
      const statement = fields.optionalText('statement');
      return { name, by, reason: fields.text('reason'), statement, at: heardAt(fields, now) };
    }
    case 'evidence': {
      const fields = new Fields(raw, ['by', 'statement', 'links', 'files']);
      return {
        name,
        by: fields.oneOf('by', [...parties, 'admin']),
        statement: fields.text('statement', 5_000),
        links: fields.list('links', 20, readLink),
        files: fields.list('files', 20, readFile),
      };
    }
    case 'resolve': {
      const fields = new Fields(raw, ['outcome', 'payeeAmount', 'payeeBps', 'by', 'reason']);
      return {
        name,
        outcome: fields.oneOf('outcome', ['release', 'refund', 'split']),
        payeeAmount: fields.optionalInteger('payeeAmount', 0, largestAmount),
        payeeBps: fields.optionalInteger('payeeBps', 0, 10_000),
        ...orderedBy(fields),
      };
    }
  }
}

const readLink = (raw: unknown): string => {
  if (typeof raw !== 'string' || raw.length > 2_000 || !/^https?:\/\//.test(raw)) {
    throw new BadMessage('links must be http(s) addresses of at most 2000 characters');
  }
  return raw;
};

const readFile = (raw: unknown): EvidenceFile => {
  const fields = new Fields(raw, ['name', 'sha256', 'contentType', 'size']);
  const sha256 = fields.text('sha256', 64);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new BadMessage('sha256 must be 64 lower-case hex digits');
  const size = fields.optionalInteger('size', 0, Number.MAX_SAFE_INTEGER);
  if (size === null) throw new BadMessage('size must be given in bytes');
  return { name: fields.text('name', 255), sha256, contentType: fields.text('contentType', 100), size };
};
