import type { Import } from './imports.ts';

/** The rooms of the house; what lies outside them configures tools. */
const rooms = [
  'domain',
  'workflows',
  'activities',
  'store',
  'api',
  'worker',
  'simulator',
  'proof',
  'cli',
  'bench',
  'test',
] as const;

type Room = (typeof rooms)[number];

interface Arrows {
  /** Rooms whose values may be imported, beside the room itself. */
  values: readonly Room[];
  /** Rooms of which only types may be known. */
  types?: readonly Room[];
  /** Packages and Node modules that may be imported; absent: any. */
  packages?: readonly string[];
}

/** Who may know whom. */
const arrows: Readonly<Record<Room, Arrows>> = {
  domain: { values: [], packages: [] },
  workflows: {
    values: ['domain'],
    types: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: { values: ['domain', 'store'] },
  store: { values: ['domain'] },
  api: { values: ['domain', 'store'] },
  worker: { values: ['domain', 'workflows', 'activities', 'store', 'api'] },
  simulator: { values: [] },
  proof: { values: rooms },
  cli: { values: ['domain'] },
  bench: { values: ['domain', 'workflows', 'activities', 'store', 'api', 'worker', 'simulator', 'proof'] },
  test: { values: rooms },
};

/** What clients and workflows agree on: open to those who talk to workflows from outside. */
const contract = 'workflows/contract.ts';
const contractReaders: readonly Room[] = ['activities', 'api', 'cli'];

/** The checker of money: open to those who hold a running instance against it, and itself a reader of rows only. */
const checker = 'proof/coherent/';
const checkerKnows: readonly Room[] = ['domain', 'store'];
const checkerReaders: readonly Room[] = ['api', 'worker'];

/** An entrypoint wires a process together from all rooms but the simulator: it is run, never imported. */
const entrypoint = /^(?:[a-z]+\/main|worker\/dev)\.ts$/;

/** The one production file that starts the simulator: everything in one process, for `npm start`. */
const devEntrypoint = 'worker/dev.ts';

/** Says why this import breaks an arrow, or null when it is allowed. */
export function brokenArrow(path: string, { target, local, typesOnly }: Import): string | null {
  const from = roomOf(path);
  if (from === null) return null;
  const allowed = arrows[from];
  if (!local) {
    const open = allowed.packages === undefined || allowed.packages.includes(target);
    return open ? null : `${from}/ must not import the package ${target}`;
  }
  const to = roomOf(target);
  if (to === null) return allowed.values.length === 0 ? `${from}/ must not import ${target}` : null;
  if (entrypoint.test(target)) return `nobody imports the entrypoint ${target}`;
  if (path.startsWith(checker) && !target.startsWith(checker))
    return checkerKnows.includes(to) ? null : `${checker} must not import ${target}`;
  const wires = entrypoint.test(path) && from !== 'simulator' && to !== 'simulator';
  if (wires || from === to || allowed.values.includes(to)) return null;
  if (to === 'simulator' && path === devEntrypoint) return null;
  if (target.startsWith(checker) && checkerReaders.includes(from)) return null;
  if (target === contract && contractReaders.includes(from)) return null;
  if (allowed.types?.includes(to)) return typesOnly ? null : `${from}/ may know ${to}/ by type only`;
  return `${from}/ must not import ${to}/`;
}

function roomOf(path: string): Room | null {
  const [first] = path.split('/');
  return path.includes('/') ? (rooms.find((room) => room === first) ?? null) : null;
}
