import { posix } from 'node:path';
import { brokenArrow } from './arrows.ts';
import { importsOf, withoutComments } from './imports.ts';

/** A longer file is two files: the tree stays readable at its worst, not only in the middle. */
const longestFile = 300;

interface ForbiddenWord {
  word: RegExp;
  where: RegExp;
  why: string;
}

const forbiddenWords: readonly ForbiddenWord[] = [
  { word: /\bDate\.now\b/, where: /^domain\//, why: 'the domain is told the time' },
  { word: /\bnew Date\(\s*\)/, where: /^domain\//, why: 'the domain is told the time' },
  { word: /\bMath\.random\b/, where: /^(domain|workflows)\//, why: 'chance is not replayed' },
  { word: /\bparseFloat\b/, where: /^(domain|workflows)\//, why: 'money is whole minor units' },
  { word: /\.toFixed\b/, where: /^(domain|workflows)\//, why: 'money is whole minor units' },
  { word: /\bIntl\./, where: /^(domain|workflows)\//, why: 'it answers differently from machine to machine' },
  { word: /\bsetTimeout\b/, where: /^(domain|workflows)\//, why: 'waits belong to the driver' },
  { word: /\bprocess\./, where: /^(domain|workflows)\//, why: 'pure code has no surroundings' },
  { word: /(?:\bas|:)\s*any\b/, where: /./, why: 'what Stripe sends is unknown until it is checked' },
];

/** The files that may read the environment; everything else is handed its configuration. */
const environmentReaders =
  /^(?:[a-z]+\/config\.ts|[a-z]+\/main\.ts|worker\/(?:dev|process|temporal-binary)\.ts|[a-z]+\.config\.ts|bootstrap\.mjs|(?:test|bench|proof\/(?!coherent\/)[a-z-]+)\/.*)$/;

/** Finds every broken rule of the house in these files (path from the root to source); one sentence each, naming the file. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, source]) =>
    (path.endsWith('.md') ? deadLinks(path, source, files) : brokenInSource(path, source)).map(
      (why) => `${path}: ${why}`,
    ),
  );
}

function brokenInSource(path: string, source: string): string[] {
  const code = withoutComments(source);
  const found: string[] = [];
  for (const imported of importsOf(path, source)) {
    const broken = brokenArrow(path, imported);
    if (broken !== null) found.push(broken);
  }
  for (const { word, where, why } of forbiddenWords) {
    const hit = where.test(path) ? word.exec(withoutStrings(code)) : null;
    if (hit) found.push(`“${hit[0]}” is forbidden here: ${why}`);
  }
  if (/\bprocess\.env\b/.test(withoutStrings(code)) && !environmentReaders.test(path)) {
    found.push('only configuration and entrypoints read process.env');
  }
  const lines = source.trimEnd().split('\n').length;
  if (lines > longestFile) found.push(`${lines} lines are more than ${longestFile}`);
  return found;
}

/** Words inside quotes are prose or data; templates keep theirs, because they hold code. */
function withoutStrings(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}

function deadLinks(path: string, text: string, files: ReadonlyMap<string, string>): string[] {
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link.split('#')[0] ?? '')
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link))
    .filter((link) => {
      const target = posix.normalize(posix.join(posix.dirname(path), link)).replace(/\/$/, '');
      return !files.has(target) && !folders.has(target);
    })
    .map((link) => `the link to ${link} leads nowhere`);
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
