import { readFileSync } from 'node:fs';

const importLine = /^import [^;]*? from '([^']+)';\n/gm;

const inOrder = (file: URL, seen: Set<string>): string[] => {
  if (seen.has(file.href)) return [];
  seen.add(file.href);
  const source = readFileSync(file, 'utf8');
  const before = [...source.matchAll(importLine)].flatMap(([, path = '']) =>
    inOrder(new URL(path, file), seen),
  );
  return [...before, source.replaceAll(importLine, '').replaceAll(/^export /gm, '')];
};

/** Joins a module and what it imports into one classic script, the form in which a shop's page loads Stripe.js. */
export const joinModules = (entry: URL): string =>
  `(() => {\n'use strict';\n${inOrder(entry, new Set()).join('\n')}})();\n`;
