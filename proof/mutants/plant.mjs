// Loaded by the loader's thread, before anything of the house: plants one bug into the house's files on their way in.
import { fileURLToPath } from 'node:url';

/** @type {{ path: string, piece: string, instead: string }[]} */
let pieces;

/** Takes the bug that this process is to have. */
export function initialize(given) {
  pieces = given;
}

/** Hands over a file's source; a planted one's with the piece replaced. A piece that does not stand there once is an error. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith('file:')) return loaded;
  const path = fileURLToPath(url.split('?')[0]);
  let source = String(loaded.source);
  const own = pieces.filter((one) => one.path === path);
  for (const { piece, instead } of own) {
    const found = source.split(piece).length - 1;
    if (found !== 1) throw new Error(`the piece to be replaced stands ${found} times in ${path}`);
    source = source.replace(piece, () => instead);
  }
  return own.length === 0 ? loaded : { ...loaded, source };
}
