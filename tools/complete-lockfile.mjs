// Writes into package-lock.json the builds for other platforms that the registry of this machine does not serve.
// npm leaves out an optional package it cannot fetch, and then `npm ci` refuses the lockfile on every machine; with the
// entry there, it fetches only the build for its own platform. Run after a change of dependencies made behind such a registry:
// `node tools/complete-lockfile.mjs`. Entries added here carry no checksum, because nobody here has seen those files.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const file = resolve(process.argv[2] ?? 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const added = [];
for (const [path, wanting] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    const words = name.split(/[/-]/);
    const os = systems.find((system) => words.includes(system));
    const cpu = processors.find((processor) => words.includes(processor));
    if (!os || !cpu || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(
        `${name}@${version}, wanted by ${path}, is not the build of one version for one platform`,
      );
    }
    const place = lock.packages[`node_modules/${name}`]
      ? `${path}/node_modules/${name}`
      : `node_modules/${name}`;
    const libc = os !== 'linux' ? undefined : words.includes('musl') ? 'musl' : 'glibc';
    lock.packages[place] = {
      version,
      cpu: [cpu],
      ...(wanting.dev || wanting.devOptional ? { dev: true } : {}),
      ...(libc ? { libc: [libc] } : {}),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}
const [[rootPath, root], ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([[rootPath, root], ...others.sort(([a], [b]) => (a < b ? -1 : 1))]);
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} entries added\n${added.map((entry) => `  ${entry}\n`).join('')}`);

/** Looks where Node would: beside the package that wants it, then one folder up, and so on. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}
